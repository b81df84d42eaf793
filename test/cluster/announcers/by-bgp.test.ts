import { describe, expect, it } from 'vitest'
import { bgpOf } from '../../../src/cluster/announcers/by-bgp.js'
import { announcers } from '../../../src/cluster/announcers/registry.js'
import { viewCluster } from '../../../src/facts/cluster-view.js'
import { valueOr } from '../../../src/known.js'
import {
  advertisement,
  clusterWith,
  configMap,
  daemonSet,
  type KubeObject,
  metallb,
  node,
  none,
  pool,
  service,
  speaker,
} from '../objects.js'

const VIP = '10.77.0.240'
const WEB = service('web', [VIP])
const NO_L2 = none('metallb.io/v1beta1', 'L2Advertisement')

function byBgp(...objects: readonly KubeObject[]): string | null {
  const cluster = clusterWith(node('node-a'), ...objects)
  const [web] = valueOr(cluster.services, [])
  return bgpOf(cluster)(web!, VIP)
}

/** What the join of all announcers says of the address. */
function joined(...objects: readonly KubeObject[]): string | undefined {
  return viewCluster(clusterWith(node('node-a'), ...objects), announcers).expected.get(VIP)?.byBgp
}

describe('an address that BGP alone announces', () => {
  const lan = pool('lan', ['10.77.0.240-10.77.0.250'])
  const tor = metallb('BGPAdvertisement', 'tor', { ipAddressPools: ['lan'] })

  it('is in a pool of MetalLB that a BGPAdvertisement selects, and no L2Advertisement', () => {
    expect(joined(speaker('0.15.2'), lan, tor, NO_L2, WEB)).toBe('BGPAdvertisement/metallb-system/tor')
    expect(joined(speaker('0.15.2'), lan, tor, advertisement('lan'), WEB)).toBeUndefined()
    const other = metallb('BGPAdvertisement', 'tor', { ipAddressPools: ['other'] })
    expect(joined(speaker('0.15.2'), lan, other, NO_L2, WEB)).toBeUndefined()
  })

  it('is no address of a Service that MetalLB does not serve', () => {
    const classed = service('web', [VIP], { spec: { loadBalancerClass: 'other' } })
    expect(byBgp(speaker('0.15.2'), lan, tor, NO_L2, classed)).toBeNull()
  })

  it('is in a pool of the ConfigMap or an AddressPool that says bgp', () => {
    const config = 'address-pools:\n- name: lan\n  protocol: bgp\n  addresses: [10.77.0.240/28]\n'
    const old = speaker('0.12.1', { args: ['--config=config'] })
    expect(byBgp(old, configMap('metallb-system/config', { config }), WEB)).toBe('ConfigMap/metallb-system/config')
    expect(byBgp(old, configMap('metallb-system/config', { config: config.replace('bgp', 'layer2') }), WEB)).toBeNull()
    const legacy = metallb('AddressPool', 'lan', { protocol: 'bgp', addresses: ['10.77.0.240/28'] })
    expect(byBgp(speaker('0.13.5'), legacy, WEB)).toBe('AddressPool/metallb-system/lan')
  })

  it('is what kube-vip serves with BGP and without ARP', () => {
    const kubeVip = (env: Record<string, string>) =>
      daemonSet('kube-system/kube-vip', { name: 'kube-vip', image: 'ghcr.io/kube-vip/kube-vip:v0.8.7', env })
    const bgp = { svc_enable: 'true', bgp_enable: 'true' }
    expect(byBgp(kubeVip(bgp), WEB)).toBe('DaemonSet/kube-system/kube-vip')
    expect(byBgp(kubeVip({ ...bgp, vip_arp: 'true' }), WEB)).toBeNull()
    expect(byBgp(kubeVip({ svc_enable: 'true' }), WEB)).toBeNull()
  })

  it("is Cilium's with its BGP control plane and without L2 announcements", () => {
    const config = (data: Record<string, string>) => configMap('kube-system/cilium-config', data)
    const on = { 'enable-bgp-control-plane': 'true' }
    expect(byBgp(config(on), WEB)).toBe('ConfigMap/kube-system/cilium-config')
    expect(byBgp(config({ ...on, 'enable-l2-announcements': 'true' }), WEB)).toBeNull()
    expect(byBgp(config({}), WEB)).toBeNull()
  })

  it('is in the CIDRs that Calico advertises, whoever assigned it', () => {
    const node = daemonSet('kube-system/calico-node', { name: 'calico-node', image: 'docker.io/calico/node:v3.29.1' })
    const configuration = (spec: KubeObject, name = 'default') => ({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BGPConfiguration',
      metadata: { name },
      spec,
    })
    const lan = { serviceLoadBalancerIPs: [{ cidr: '10.77.0.240/28' }] }
    expect(joined(node, configuration(lan), WEB)).toBe('BGPConfiguration/default')
    expect(byBgp(node, configuration(lan, 'node.node-a'), WEB)).toBeNull()
    expect(byBgp(node, configuration({ serviceExternalIPs: [{ cidr: '10.77.0.240/28' }] }), WEB)).toBeNull()
    const both = [speaker('0.15.2'), pool('lan', ['10.77.0.240-10.77.0.250']), advertisement('lan')]
    expect(joined(node, configuration(lan), ...both, WEB)).toBeUndefined()
  })

  it("is kube-router's by its flag, which an annotation of the Service overrules", () => {
    const router = (...args: readonly string[]) =>
      daemonSet('kube-system/kube-router', { name: 'kube-router', image: 'cloudnativelabs/kube-router:v2.4.1', args })
    const told = (value: string) =>
      service('web', [VIP], { annotations: { 'kube-router.io/service.advertise.loadbalancerip': value } })
    const flag = '--advertise-loadbalancer-ip'
    expect(byBgp(router(flag), WEB)).toBe('DaemonSet/kube-system/kube-router')
    expect(byBgp(router(`${flag}=false`), WEB)).toBeNull()
    expect(byBgp(router('--advertise-external-ip'), WEB)).toBeNull()
    expect(byBgp(router(flag), told('false'))).toBeNull()
    expect(byBgp(router(), told('true'))).toBe('DaemonSet/kube-system/kube-router')
    expect(byBgp(router(flag, '--run-router=false'), WEB)).toBeNull()
  })
})
