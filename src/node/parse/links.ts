import { parseMac } from '../../wire/mac.js'
import type { BondInfo, BridgeInfo, BridgePort } from '../model.js'
import type { BareLink } from '../roles.js'
import { flagOf, fromJsonList, type JsonObject, numberOf, objectOf, TooMuch, textOf, textsOf } from './json.js'

/** Interfaces of one host that are read: ten times what a node with VLANs and pods has, and judged in seconds. */
export const MOST_LINKS = 40_000

/** `ip -d -j link`; what sysfs adds comes later (sysfs.ts). Null when it is no JSON. Throws TooMuch. */
export function parseLinks(text: string): BareLink[] | null {
  let room = MOST_LINKS
  return fromJsonList(text, (object) => {
    room -= 1
    if (room < 0) throw tooManyLinks()
    return parseLink(object)
  })
}

export function tooManyLinks(): TooMuch {
  return new TooMuch(`it lists more than ${MOST_LINKS} interfaces`)
}

function parseLink(object: JsonObject): BareLink[] {
  const [name, index] = [textOf(object, 'ifname'), numberOf(object, 'ifindex')]
  if (name === null || index === null) return []
  const info = objectOf(object, 'linkinfo')
  const [kind, data] = [textOf(info, 'info_kind'), objectOf(info, 'info_data')]
  const master = textOf(object, 'master')
  return [
    {
      name,
      index,
      mac: macOf(object, 'address'),
      permanentMac: macOf(object, 'permaddr'),
      flags: textsOf(object, 'flags'),
      operstate: textOf(object, 'operstate') ?? '',
      mtu: numberOf(object, 'mtu') ?? 0,
      master,
      parent: textOf(object, 'link'),
      promiscuity: numberOf(object, 'promiscuity'),
      promiscuousFlag: null,
      kind,
      wireless: false,
      bridge: kind === 'bridge' ? bridgeInfo(data) : null,
      bridgePort:
        master !== null && textOf(info, 'info_slave_kind') === 'bridge'
          ? bridgePort(master, objectOf(info, 'info_slave_data'))
          : null,
      bond: kind === 'bond' ? bondInfo(data) : null,
      vlanId: kind === 'vlan' ? numberOf(data, 'id') : null,
      macvlanMode: kind === 'macvlan' || kind === 'macvtap' ? textOf(data, 'mode') : null,
      ...before(object, kind, data),
    },
  ]
}

/** What is told of few links only. */
function before(
  object: JsonObject,
  kind: string | null,
  data: JsonObject,
): Pick<BareLink, 'vrfTable' | 'vxlanProxy' | 'xdp'> {
  const xdp = objectOf(object, 'xdp')
  const table = kind === 'vrf' ? (textOf(data, 'table') ?? numberOf(data, 'table')) : null
  return {
    ...(table !== null && { vrfTable: String(table) }),
    ...(kind === 'vxlan' && flagOf(data, 'proxy') === true && { vxlanProxy: true }),
    ...(Object.keys(xdp).length > 0 && { xdp: xdpText(xdp) }),
  }
}

/** `{"mode": 1, "prog": {"id": 42, "name": "drop_arp"}}` */
function xdpText(xdp: JsonObject): string {
  const prog = objectOf(xdp, 'prog')
  return textOf(prog, 'name') ?? `program ${numberOf(prog, 'id') ?? 'without a name'}`
}

function macOf(object: JsonObject, key: string) {
  return parseMac(textOf(object, key) ?? '')
}

function bridgeInfo(data: JsonObject): BridgeInfo {
  return {
    vlanFiltering: flagOf(data, 'vlan_filtering'),
    nfCallIptables: flagOf(data, 'nf_call_iptables'),
  }
}

const PORT_STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] as const

/** By the number of net/bridge/br_private_stp.h, or by name; null for neither. */
export function portState(state: number | string | null): BridgePort['state'] {
  return PORT_STATES.find((name, number) => name === state || number === state) ?? null
}

function bridgePort(bridge: string, data: JsonObject): BridgePort {
  return {
    bridge,
    state: portState(textOf(data, 'state')),
    proxyArp: flagOf(data, 'proxy_arp'),
    proxyArpWifi: flagOf(data, 'proxy_arp_wifi'),
    neighSuppress: flagOf(data, 'neigh_suppress'),
    hairpin: flagOf(data, 'hairpin'),
    learning: flagOf(data, 'learning'),
    flood: flagOf(data, 'flood'),
    multicastFlood: flagOf(data, 'mcast_flood'),
    broadcastFlood: flagOf(data, 'bcast_flood'),
    isolated: flagOf(data, 'isolated'),
    locked: flagOf(data, 'locked'),
  }
}

function bondInfo(data: JsonObject): BondInfo {
  return {
    mode: textOf(data, 'mode') ?? '',
    failOverMac: textOf(data, 'fail_over_mac'),
    activeMember: textOf(data, 'active_slave'),
  }
}
