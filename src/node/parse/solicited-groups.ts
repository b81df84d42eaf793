import { formatIpv6, parseIpv6 } from '../../wire/ipv6.js'
import type { SolicitedGroup } from '../model.js'
import { lines } from './words.js'

/** Lines of /proc/net/igmp6: `3    e0    ff0200000000000000000001ff000240     1 00000004 0`. */
export function parseSolicitedGroups(text: string): SolicitedGroup[] {
  return lines(text).flatMap((line) => {
    const [, device = '', hex = ''] = /^\d+\s+(\S+)\s+([0-9a-f]{32})\s/.exec(line.trim()) ?? []
    const group = parseIpv6((hex.match(/.{4}/g) ?? []).join(':'))
    return group === null ? [] : [{ interface: device, group: formatIpv6(group) }]
  })
}
