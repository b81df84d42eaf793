import { describe, expect, it } from 'vitest'
import { readCnis } from '../../../src/cluster/network/cni.js'
import { readKubeProxy } from '../../../src/cluster/network/kube-proxy.js'
import { clusterWith, configMap, daemonSet, type KubeObject, lease, node, none, pod, service } from '../objects.js'
import { viewOf } from '../read-yaml.js'

const NODES = [
  node('node-a', { ip: '10.0.0.11', labels: { rack: 'one' } }),
  node('node-b', { ip: '10.0.0.12' }),
  node('node-c', { ip: '10.0.0.13' }),
]
const VIP = '10.0.0.240'

const look = (announcer: string, ...objects: readonly KubeObject[]) =>
  viewOf(clusterWith(...NODES, ...objects), announcer)

describe('cilium', () => {
  const agent = daemonSet('kube-system/cilium', { name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.16.5' })
  const config = configMap('kube-system/cilium-config', { 'enable-l2-announcements': 'true' })
  const policy = (spec: KubeObject): KubeObject => ({
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumL2AnnouncementPolicy',
    metadata: { name: 'lan' },
    spec,
  })
  const web = service('web', [VIP], { spec: { externalIPs: ['10.0.0.99'] }, labels: { app: 'web' } })

  it('is absent without L2 announcements', () => {
    expect(look('cilium', agent, configMap('kube-system/cilium-config', {})).presence).toMatchObject({ value: null })
  })

  it('announces what the switches of a selecting policy say', () => {
    const ips = (spec: KubeObject) => look('cilium', agent, config, policy(spec), web).answers.map(({ ip }) => ip)
    expect(ips({})).toEqual([])
    expect(ips({ loadBalancerIPs: true })).toEqual([VIP])
    expect(ips({ loadBalancerIPs: true, externalIPs: true })).toEqual([VIP, '10.0.0.99'])
    expect(ips({ loadBalancerIPs: true, serviceSelector: { matchLabels: { app: 'other' } } })).toEqual([])
    const byName = { matchLabels: { 'io.kubernetes.service.name': 'web' } }
    expect(ips({ loadBalancerIPs: true, serviceSelector: byName })).toEqual([VIP])
  })

  it('expects the holder of the lease, among the nodes that a policy selects', () => {
    const spec = { loadBalancerIPs: true, nodeSelector: { matchLabels: { rack: 'one' } } }
    const held = lease('kube-system/cilium-l2announce-default-web', 'node-a')
    const { presence, answers } = look('cilium', agent, config, policy(spec), web, held)
    expect(presence).toMatchObject({ value: { version: '1.16.5', object: 'ConfigMap/kube-system/cilium-config' } })
    expect(answers[0]?.expected).toMatchObject([{ node: 'node-a', from: 'lease' }])
    expect(answers[0]?.candidates.filter(({ eligible }) => eligible).map(({ node }) => node)).toEqual(['node-a'])
  })
})

describe('openelb', () => {
  const eip = { apiVersion: 'network.kubesphere.io/v1alpha2', kind: 'Eip', metadata: { name: 'lan' } }
  const eips = { ...eip, spec: { address: '10.0.0.240-10.0.0.250', protocol: 'layer2', interface: 'eth0' } }
  const marked = { 'lb.kubesphere.io/v1alpha1': 'openelb' }

  it('elects among its speakers since 0.6', () => {
    const speaker = daemonSet('openelb-system/openelb-speaker', {
      name: 'speaker',
      image: 'kubesphere/openelb-speaker:v0.6.0',
    })
    const { answers } = look('openelb', speaker, eips, service('web', [VIP], { annotations: marked }))
    expect(answers[0]?.expected).toMatchObject([{ from: 'election' }])
  })

  it('takes the annotated node up to 0.5, and nothing that is not marked as its own', () => {
    const manager = daemonSet('openelb-system/openelb-manager', { name: 'manager', image: 'kubesphere/openelb:v0.5.1' })
    const annotations = { ...marked, 'layer2.openelb.kubesphere.io/v1alpha1': 'node-c' }
    const { answers } = look(
      'openelb',
      manager,
      eips,
      service('web', [VIP], { annotations }),
      service('other', ['10.0.0.241']),
    )
    expect(answers.map(({ service, expected }) => [service, expected[0]?.node])).toEqual([['default/web', 'node-c']])
  })
})

describe('purelb', () => {
  const agent = daemonSet('purelb/lbnodeagent', {
    name: 'lbnodeagent',
    image: 'registry.example/purelb/lbnodeagent:v0.12.0',
  })

  it('expects the announced node, among nodes with a live lease', () => {
    const annotations = { 'purelb.io/allocated-by': 'PureLB', 'purelb.io/announcing-IPv4': `node-b,eth0,${VIP}` }
    const leases = [lease('purelb/purelb-node-node-a', 'node-a', 600), lease('purelb/purelb-node-node-b', 'node-b')]
    const [answer] = look('purelb', agent, service('web', [VIP], { annotations }), ...leases).answers
    expect(answer?.expected).toMatchObject([{ node: 'node-b', from: 'annotation' }])
    expect(answer?.candidates.filter(({ eligible }) => eligible).map(({ node }) => node)).toEqual(['node-b'])
  })
})

describe('k3s-servicelb', () => {
  it('answers with the addresses of nodes, each by its own node', () => {
    const svclb = daemonSet('kube-system/svclb-web-1a2b3c4d', { name: 'lb-tcp-80', image: 'rancher/klipper-lb:v0.4.9' })
    const template = {
      metadata: {
        labels: { 'svccontroller.k3s.cattle.io/svcname': 'web', 'svccontroller.k3s.cattle.io/svcnamespace': 'default' },
      },
    }
    const spec = svclb['spec'] as { template: KubeObject }
    const labelled = { ...svclb, spec: { template: { ...spec.template, ...template } } }
    const { answers } = look('k3s-servicelb', labelled, service('web', ['10.0.0.11', '10.0.0.12', VIP]))
    expect(answers.map(({ ip, expected }) => [ip, expected[0]?.node])).toEqual([
      ['10.0.0.11', 'node-a'],
      ['10.0.0.12', 'node-b'],
    ])
  })
})

describe('keepalived', () => {
  const env = { KEEPALIVED_VIRTUAL_IPS: "#PYTHON2BASH:['10.0.0.5','10.0.0.6/24']", KEEPALIVED_INTERFACE: 'ens3' }
  const container = { name: 'keepalived', image: 'docker.io/osixia/keepalived:2.0.20', env }
  const onNode = (name: string) => pod(`kube-system/kube-keepalived-${name}`, name, container)

  it('leaves open who of the nodes of its static pods is master', () => {
    const { presence, answers, mannerOf } = look(
      'keepalived',
      onNode('node-a'),
      onNode('node-b'),
      none('apps/v1', 'DaemonSet'),
    )
    expect(presence).toMatchObject({ value: { version: '2.0.20', object: 'Pod/kube-system/kube-keepalived-node-a' } })
    expect(answers.map(({ ip, service, expected }) => [ip, service, expected])).toEqual([
      ['10.0.0.5', null, []],
      ['10.0.0.6', null, []],
    ])
    expect(answers[0]?.candidates.filter(({ eligible }) => eligible).map(({ node }) => node)).toEqual([
      'node-a',
      'node-b',
    ])
    expect(answers[0]?.undecided).toMatchObject({ subject: 'keepalived: the master for 10.0.0.5' })
    expect(mannerOf({ ip: '10.0.0.5', service: null })?.interfacesOn('node-a')).toMatchObject({ names: ['ens3'] })
  })
})

describe('calico', () => {
  const agent = daemonSet('calico-system/calico-node', { name: 'calico-node', image: 'quay.io/calico/node:v3.33.0' })
  const own = (kind: string, spec: KubeObject) => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind,
    metadata: { name: 'default' },
    spec,
  })
  const felix = (mode: string) => own('FelixConfiguration', { localSubnetL2Reachability: mode })
  const web = service('web', [VIP])

  it('is no announcer where it only is the network', () => {
    expect(look('calico', agent, felix('Pods'), web).presence).toMatchObject({ value: null })
  })

  it.each([
    [{ ipipMode: 'Never' }, [VIP]],
    [{ vxlanMode: 'CrossSubnet' }, []],
    [{ cidr: '10.9.0.0/24' }, []],
  ])('answers by Felix for addresses in the pool %j: %j, on a node that nothing names', (spec, ips) => {
    const pool = own('IPPool', { cidr: '10.0.0.192/26', ...spec })
    const { answers } = look('calico', agent, felix('PodsAndLoadBalancers'), pool, web)
    expect(answers.map(({ ip }) => ip)).toEqual(ips)
    expect(answers.every(({ expected, undecided }) => expected.length === 0 && undecided !== undefined)).toBe(true)
  })
})

describe('ovn-kubernetes', () => {
  const egress = (name: string, items: readonly KubeObject[]) => ({
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'EgressIP',
    metadata: { name },
    spec: { egressIPs: [VIP] },
    status: { items },
  })
  const agent = daemonSet('openshift-ovn-kubernetes/ovnkube-node', {
    name: 'ovnkube-controller',
    image: 'quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:3b0c',
  })
  const assignable = node('node-d', { labels: { 'k8s.ovn.org/egress-assignable': '' } })

  it('expects the node of the status, among those with the label', () => {
    const { presence, answers } = look(
      'ovn-kubernetes',
      agent,
      assignable,
      egress('prod', [{ egressIP: VIP, node: 'node-d' }]),
    )
    expect(presence).toMatchObject({
      value: { version: null, object: 'DaemonSet/openshift-ovn-kubernetes/ovnkube-node' },
    })
    expect(answers).toMatchObject([
      { ip: VIP, service: null, expected: [{ node: 'node-d', from: 'status', detail: 'EgressIP/prod' }] },
    ])
    expect(answers[0]?.candidates.filter(({ eligible }) => eligible).map(({ node }) => node)).toEqual(['node-d'])
  })

  it('names both nodes where two objects have one address, and nobody where it is nowhere', () => {
    const two = [egress('a', [{ egressIP: VIP, node: 'node-a' }]), egress('b', [{ egressIP: VIP, node: 'node-b' }])]
    expect(look('ovn-kubernetes', agent, ...two).answers[0]?.disagreements).toHaveLength(1)
    expect(look('ovn-kubernetes', agent, egress('a', [])).answers).toMatchObject([{ ip: VIP, expected: [] }])
  })
})

describe('readKubeProxy', () => {
  const config = (text: string) => configMap('kube-system/kube-proxy', { 'config.conf': text })
  const read = (...objects: readonly KubeObject[]) => readKubeProxy(clusterWith(...objects))

  it.each([
    ['mode: ipvs\nipvs:\n  strictARP: true\n', 'ipvs', true],
    ['mode: ipvs\n', 'ipvs', false],
    ['mode: ""\nipvs:\n  strictARP: false\n', 'iptables', false],
    ['mode: nftables\n', 'nftables', false],
  ])('reads %j', (text, mode, strictArp) => {
    expect(read(config(text))).toMatchObject({ value: { mode, strictArp, object: 'ConfigMap/kube-system/kube-proxy' } })
  })

  it('reads the arguments of its DaemonSet, and those that k3s notes on nodes', () => {
    const args = ['--proxy-mode=ipvs', '--ipvs-strict-arp']
    const set = daemonSet('kube-system/kube-proxy', { name: 'kube-proxy', image: 'k8s/kube-proxy:v1.31.0', args })
    expect(read(set)).toMatchObject({ value: { mode: 'ipvs', strictArp: true } })
    const noted = {
      'k3s.io/node-args': '["server","--kube-proxy-arg","proxy-mode=ipvs","--kube-proxy-arg","ipvs-strict-arp=true"]',
    }
    const k3s = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', annotations: noted } }
    expect(read(k3s, none('v1', 'ConfigMap'), none('apps/v1', 'DaemonSet'))).toMatchObject({
      value: { mode: 'ipvs', strictArp: true, object: 'Node/n' },
    })
  })

  it('tells "not there" from "not seen"', () => {
    const empty = [none('v1', 'ConfigMap'), none('apps/v1', 'DaemonSet'), none('v1', 'Node')]
    expect(read(...empty)).toMatchObject({ known: true, value: null })
    expect(read(...empty.slice(1)).known).toBe(false)
  })
})

describe('readCnis', () => {
  const cnis = (...objects: readonly KubeObject[]) => {
    const found = readCnis(clusterWith(...objects))
    return found.known ? found.value : null
  }

  it.each([
    [
      'calico-system/calico-node',
      'calico-node',
      'calico/node:v3.29.3',
      { name: 'calico', version: '3.29.3', operated: true },
    ],
    ['kube-system/calico-node', 'calico-node', 'calico/node:v3.29.3', { name: 'calico', operated: false }],
    ['kube-system/cilium', 'cilium-agent', 'cilium/cilium:v1.16.5', { name: 'cilium', version: '1.16.5' }],
    ['kube-flannel/kube-flannel-ds', 'kube-flannel', 'flannel/flannel:v0.26.1', { name: 'flannel', version: '0.26.1' }],
    [
      'ovn-kubernetes/ovnkube-node',
      'ovnkube-controller',
      'ovn-kube-u:master',
      { name: 'ovn-kubernetes', version: null },
    ],
  ])('recognises %s', (key, name, image, expected) => {
    expect(cnis(daemonSet(key, { name, image: `registry.example/${image}` }))).toMatchObject([expected])
  })
})
