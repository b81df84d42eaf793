import { anyIp, anyMac, entry, LEADS_NOWHERE, portEntry } from '../fields.js'
import type { Format, Row } from '../model.js'

/**
 * FRR, and what is built on it (SONiC, Cumulus): `show evpn arp-cache vni all` (`zebra/zebra_evpn_neigh.c`,
 * zebra_evpn_print_neigh_hdr) and `show evpn mac vni all` (`zebra/zebra_evpn_mac.c`), of older versions too, which print no flags.
 */
export const frr: Format = {
  id: 'frr',
  sections: [
    { heading: /^(?:Neighbor|IP)\s+Type\s+(?:Flags\s+)?State\s+MAC\s/, row: neighbour },
    { heading: /^MAC\s+Type\s+(?:Flags\s+)?Intf\/Remote/, row: mac },
  ],
}

/** `10.0.0.240  remote  PX  active  02:00:00:00:00:02  10.255.0.2  0/0`: flags, and for a local one the tunnel's end, may be missing. */
function neighbour(line: string): Row | null {
  const words = line.split(/\s+/)
  const [ip = '', type = ''] = words
  const at = words.findIndex((word, n) => n > 1 && anyMac(word) !== null)
  if (!/^(?:local|remote|auto)$/.test(type) || at < 0) return null
  // taken out of the kernel; a local one stays there, and is only not advertised (zebra_evpn_neigh.c, ZEBRA_NEIGH_SET_INACTIVE)
  if (type === 'remote' && words[at - 1] === 'inactive') return LEADS_NOWHERE
  const end = words[at + 1] ?? ''
  return entry({
    ip: anyIp(ip),
    mac: anyMac(words[at]!),
    ...(type === 'remote' ? { kind: 'remote' as const } : {}),
    port: type === 'remote' && !/^\d+\/\d+$/.test(end) && end !== '' ? end : null,
    states: [type, ...(words[at - 1] === type ? [] : [words[at - 1]!])],
  })
}

/** `02:00:00:00:00:02  local  PI  swp3  10  0/0`. */
function mac(line: string): Row | null {
  const [address = '', type = '', ...rest] = line.split(/\s+/)
  if (!/^(?:local|remote|auto|static)$/.test(type)) return null
  const [port, vlan = ''] = /^[BNIPXL]+$/.test(rest[0] ?? '') && rest.length > 1 ? rest.slice(1) : rest
  return portEntry(anyMac(address), vlan, port, type === 'remote' || type === 'static' ? type : 'dynamic')
}
