import { describe, expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { announcementsOf } from '../../src/facts/announcements.js'
import { viewAnnouncers } from '../../src/facts/announcers.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { sampleHost } from '../answering/sample.js'
import {
  advertisement,
  clusterWith,
  configMap,
  daemonSet,
  endpoints,
  type KubeObject,
  lease,
  node,
  pool,
  service,
  speaker,
} from '../cluster/objects.js'
import { viewOf } from '../cluster/read-yaml.js'

const VIP = '10.0.0.240'
const NODES = [node('node-a', { ip: '10.0.0.1' })]

const host = (name: string, links: readonly string[]) => ({
  ...sampleHost({ links: links.map((name) => ({ name })), addresses: [`10.0.0.1/24 ${links[0]}`] }),
  name,
})

function announced(hosts: readonly ReturnType<typeof host>[], ...objects: readonly KubeObject[]) {
  const cluster = clusterWith(...NODES, ...objects)
  return announcementsOf(cluster, viewAnnouncers(announcers, cluster), hosts)
}

describe('announcements of MetalLB', () => {
  const web = [speaker('0.15.3'), service('web', [VIP]), endpoints('web', ['node-a']), pool('lan', ['10.0.0.240/28'])]
  const two = host('node-a', ['eno1', 'eno2'])

  it('come from every interface when one advertisement names none', () => {
    const found = announced([two], ...web, advertisement('a', { interfaces: ['eno9'] }), advertisement('b'))
    expect(found).toEqual({
      announcements: [
        {
          ip: parseIpv4(VIP),
          host: 'node-a',
          interfaces: null,
          answers: { broadcast: true, unicast: true, probe: true },
          kernelHasASay: false,
          name: 'MetalLB',
        },
      ],
      lacking: [],
    })
  })

  it('come from all interfaces that the advertisements for the node name', () => {
    const elsewhere = { interfaces: ['eno1'], nodeSelectors: [{ matchLabels: { rack: 'two' } }] }
    const names = ['eno2', 'eno7']
    const found = announced([two], ...web, advertisement('a', { interfaces: names }), advertisement('b', elsewhere))
    expect(found.announcements).toMatchObject([{ interfaces: ['eno2'] }])
  })

  it('of IPv6 answer multicast solicitations only', () => {
    const v6 = '2001:db8::240'
    const six = [speaker('0.15.3'), service('web', [v6]), endpoints('web', ['node-a']), pool('lan', [`${v6}/124`])]
    const [found] = announced([two], ...six, advertisement('a')).announcements
    expect(found?.answers).toEqual({ broadcast: true, unicast: false, probe: false })
  })

  it('are missing where the elected node has none of them', () => {
    const found = announced([two], ...web, advertisement('a', { interfaces: ['eth0'] }))
    expect(found.announcements).toEqual([])
    expect(found.lacking).toMatchObject([
      {
        ip: VIP,
        node: 'node-a',
        wanted: ['eth0'],
        has: ['eno1', 'eno2'],
        objects: ['L2Advertisement/metallb-system/a'],
      },
    ])
  })

  it('are of the host that has the address of the node, whatever the operator calls it', () => {
    const found = announced([host('box-17', ['eno1'])], ...web, advertisement('a'))
    expect(found.announcements).toMatchObject([{ host: 'box-17' }])
  })
})

describe('announcements of Cilium', () => {
  const cilium = (interfaces: readonly string[], age = 0, version = 'v1.16.5', vips = [VIP]) => [
    daemonSet('kube-system/cilium', { name: 'cilium-agent', image: `quay.io/cilium/cilium:${version}` }),
    configMap('kube-system/cilium-config', { 'enable-l2-announcements': 'true' }),
    {
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumL2AnnouncementPolicy',
      metadata: { name: 'lan' },
      spec: { loadBalancerIPs: true, interfaces },
    },
    service('web', vips),
    lease('kube-system/cilium-l2announce-default-web', 'node-a', age),
    lease('kube-system/other', 'somebody'),
  ]

  it('come from the interfaces that a pattern matches', () => {
    const found = announced([host('node-a', ['eth0', 'eth1', 'wlan0'])], ...cilium(['^eth\\d$']))
    expect(found.announcements).toMatchObject([{ interfaces: ['eth0', 'eth1'], kernelHasASay: false, name: 'Cilium' }])
  })

  it.each([
    ['v1.18.4', { broadcast: false, unicast: false, probe: false }],
    ['v1.19.0', { broadcast: true, unicast: true, probe: null }],
    ['latest', { broadcast: null, unicast: null, probe: null }],
  ])('of IPv6 are what the version %s answers', (version, answers) => {
    const found = announced([host('node-a', ['eth0'])], ...cilium([], 0, version, ['2001:db8::240']))
    expect(found.announcements).toMatchObject([{ answers, hearing: 'program' }])
  })

  it('are missing where none matches, and open where the pattern is not understood', () => {
    expect(announced([host('node-a', ['eth0'])], ...cilium(['^enp.*'])).lacking).toMatchObject([
      { node: 'node-a', wanted: ['^enp.*'], has: ['eth0'], objects: ['CiliumL2AnnouncementPolicy/lan'] },
    ])
    const open = announced([host('node-a', ['eth0'])], ...cilium(['(?i)^enp']))
    expect(open).toMatchObject({ announcements: [{ interfaces: 'unknown' }], lacking: [] })
  })

  it('are nobody when the lease has expired', () => {
    expect(announced([host('node-a', ['eth0'])], ...cilium([], 600))).toEqual({ announcements: [], lacking: [] })
  })
})

describe('announcements of kube-vip', () => {
  const kubeVip = (env: Readonly<Record<string, string>>) =>
    daemonSet('kube-system/kube-vip', {
      name: 'kube-vip',
      image: 'ghcr.io/kube-vip/kube-vip:v0.8.9',
      env: { vip_arp: 'true', svc_enable: 'true', vip_interface: 'eno1', ...env },
    })
  const held = lease('kube-system/plndr-svcs-lock', 'node-a')
  const two = host('node-a', ['eno1', 'eno2'])
  const interfaces = (env: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>> = {}) =>
    announced([two], kubeVip(env), held, service('web', [VIP], { annotations })).announcements

  it("stand on the Service's interface, else that of services, else that of kube-vip", () => {
    expect(interfaces({})).toMatchObject([{ interfaces: ['eno1'], kernelHasASay: true }])
    expect(interfaces({ vip_servicesinterface: 'eno2' })).toMatchObject([{ interfaces: ['eno2'] }])
    const annotated = { 'kube-vip.io/serviceInterface': 'eno1' }
    expect(interfaces({ vip_servicesinterface: 'eno2' }, annotated)).toMatchObject([{ interfaces: ['eno1'] }])
  })

  it('stand on the interface of the instance that serves the Service', () => {
    const env = {
      vip_arp: 'true',
      svc_enable: 'true',
      lb_class_only: 'true',
      lb_class_name: 'lan',
      vip_interface: 'eno2',
    }
    const image = 'ghcr.io/kube-vip/kube-vip:v0.8.9'
    const second = daemonSet('kube-system/kube-vip-lan', { name: 'kube-vip', image, env })
    const classed = service('web', [VIP], { spec: { loadBalancerClass: 'lan' } })
    expect(announced([two], kubeVip({}), second, held, classed).announcements).toMatchObject([{ interfaces: ['eno2'] }])
  })

  it('are there on an interface that other software cannot listen on', () => {
    const port = {
      ...sampleHost({ links: [{ name: 'eno1', role: 'bridge-port', master: 'br0' }, { name: 'br0' }] }),
      name: 'node-a',
    }
    expect(announced([port], kubeVip({}), held, service('web', [VIP])).lacking).toEqual([])
  })

  it.each([
    ['v1.0.4', {}, 5],
    ['v1.1.0', {}, 15],
    ['latest', {}, null],
    ['v1.1.0', { vip_leaseduration: '7' }, 7],
  ])('at %s with %j move within a lease of %s s', (version, env, seconds) => {
    const image = `ghcr.io/kube-vip/kube-vip:${version}`
    const own = daemonSet('kube-system/kube-vip', {
      name: 'kube-vip',
      image,
      env: { vip_arp: 'true', svc_enable: 'true', ...env },
    })
    const view = viewOf(clusterWith(...NODES, own, held, service('web', [VIP])), 'kube-vip')
    expect(view.mannerOf({ ip: VIP, service: 'default/web' })?.failoverSeconds).toBe(seconds)
  })
})

describe('announcements of OpenELB', () => {
  const speakers = daemonSet('openelb-system/openelb-speaker', {
    name: 'speaker',
    image: 'kubesphere/openelb-speaker:v0.6.0',
  })
  const web = service('web', [VIP], { annotations: { 'lb.kubesphere.io/v1alpha1': 'openelb' } })
  const eip = (name: string) => ({
    apiVersion: 'network.kubesphere.io/v1alpha2',
    kind: 'Eip',
    metadata: { name: 'lan' },
    spec: { address: '10.0.0.240/28', protocol: 'layer2', interface: name },
  })

  it.each([
    ['eno2', ['eno2']],
    ['can_reach:10.0.0.254', 'unknown'],
  ])('with the interface %s come from %j', (name, interfaces) => {
    const found = announced([host('node-a', ['eno1', 'eno2'])], speakers, eip(name), web)
    expect(found.announcements).toMatchObject([{ interfaces }])
  })
})
