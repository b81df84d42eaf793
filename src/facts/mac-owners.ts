import type { ClusterNode } from '../cluster/model.js'
import type { Host, Link } from '../node/model.js'
import { type Ip, parseIp } from '../wire/ip.js'
import { type Mac, ZERO_MAC } from '../wire/mac.js'
import type { MacOwner } from './attribution.js'

/** The MACs of hosts that were read, of links whose frames reach the segment; a pod's veth is nobody's name. */
export function ownersFromHosts(hosts: readonly Host[]): MacOwner[] {
  return hosts.flatMap(({ name, sections: { links } }) =>
    links.known
      ? links.value
          .filter(({ facesSegment }) => facesSegment)
          .sort(masterFirst)
          .flatMap(ofLink(name))
      : [],
  )
}

/** A bond or bridge and its members share a MAC: the one that holds the addresses names it. */
function masterFirst(a: Link, b: Link): number {
  return Number(a.master !== null) - Number(b.master !== null) || a.index - b.index
}

function ofLink(node: string) {
  return ({ name, mac, permanentMac }: Link): MacOwner[] =>
    [...new Set([mac, permanentMac])].flatMap((own) =>
      own === null || own === ZERO_MAC ? [] : [{ mac: own, node, interface: name, via: 'node-audit' }],
    )
}

/**
 * Whoever speaks as a node's InternalIP is that node, if it is one MAC alone: with two claimants it stays open whose
 * they are.
 */
export function ownersFromNodeIps(nodes: readonly ClusterNode[], claimants: (ip: Ip) => readonly Mac[]): MacOwner[] {
  return nodes.flatMap(({ name, internalIPs }) =>
    internalIPs.flatMap((text) => {
      const ip = parseIp(text)
      const [mac, ...others] = ip === null ? [] : claimants(ip)
      const sole = mac !== undefined && others.length === 0
      return sole ? [{ mac, node: name, interface: null, via: 'arp-of-node-ip' as const }] : []
    }),
  )
}
