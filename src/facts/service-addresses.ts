import type { AnnouncerView } from '../cluster/announcers/announcer.js'
import type { ClusterSnapshot, Service } from '../cluster/model.js'
import { addressesOf } from '../cluster/node-addresses.js'
import { valueOr } from '../known.js'
import type { ServiceAddresses } from '../probe/asking.js'
import { formatIp } from '../wire/ip.js'
import { poolsOf, poolsWith } from './pools.js'

/** `kube-vip.io/loadbalancerIPs`, `metallb.io/loadBalancerIPs`, `lbipam.cilium.io/ips`, `io.cilium/lb-ipam-ips`, `purelb.io/addresses` */
const WANTED_IPS = /\/(load-?balancer-?ips?|lb-ipam-ips|ips|addresses)$/i

/** The VIPs and pools of a whole cluster, whatever of it was asked about. */
export function serviceAddresses(cluster: ClusterSnapshot, announcers: readonly AnnouncerView[]): ServiceAddresses {
  const announced = announcers.filter((one) => !publishesNodes(one)).flatMap(({ answers }) => answers)
  const vips = new Set([...ofServices(cluster, announcers), ...announced.map(({ ip }) => ip)])
  const pools = poolsOf(cluster)
  return {
    isVip: (ip) => vips.has(formatIp(ip)),
    isPooled: (ip) => poolsWith(formatIp(ip), pools).length > 0,
  }
}

/** Addresses of nodes are often external IPs, and some announcers publish nothing else: those stay the nodes' own. */
function ofServices(cluster: ClusterSnapshot, announcers: readonly AnnouncerView[]): string[] {
  const ofNodes = new Set(valueOr(cluster.nodes, []).flatMap(addressesOf))
  const someoneDoes = announcers.some((one) => publishesNodes(one) && one.presence.known && one.presence.value !== null)
  return valueOr(cluster.services, []).flatMap((service) => [
    ...published(service).filter((ip) => !(someoneDoes && ofNodes.has(ip))),
    ...service.externalIPs.filter((ip) => !ofNodes.has(ip)),
  ])
}

/** The addresses that it has, and those that it wants: an announcer may hold one that the status no longer shows. */
function published({ ingress, loadBalancerIP, annotations }: Service): string[] {
  const wanted = Object.entries(annotations).filter(([key]) => WANTED_IPS.test(key))
  return [
    ...ingress.flatMap(({ ip }) => ip ?? []),
    ...(loadBalancerIP === null ? [] : [loadBalancerIP]),
    ...wanted.flatMap(([, value]) => value.split(',').map((ip) => ip.trim())),
  ]
}

/** It has no addresses of its own: those stay the nodes'. */
function publishesNodes({ traits }: AnnouncerView): boolean {
  return traits.publishesNodes === true
}
