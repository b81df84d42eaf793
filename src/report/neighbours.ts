import type { AnswerTable, UpstreamEntry } from '../facts/answers/model.js'
import type { Known } from '../known.js'
import type { NeighbourTable } from '../neighbours/model.js'
import { formatIp } from '../wire/ip.js'
import { formatMac, type Mac } from '../wire/mac.js'
import type { ReportedNeighbours } from './report.js'

/** One table of a router or switch: what it says of the addresses, and where it has learnt the machines that answer for them. */
export function reportNeighbours(
  name: string,
  table: Known<NeighbourTable>,
  answers: readonly AnswerTable[],
  nodeOf: (mac: Mac) => string | null,
): ReportedNeighbours {
  if (!table.known)
    return {
      name,
      format: null,
      read: 'no',
      because: table.gap.reason,
      entries: 0,
      ports: 0,
      addresses: [],
      machines: [],
    }
  const { format, entries, ports, unread } = table.value
  const upstream = answers.flatMap(({ upstream }) => upstream).filter((one) => one.table.name === name)
  const machines = new Set(answers.flatMap(machinesOf))
  return {
    name,
    format,
    read: unread > 0 ? 'partly' : 'whole',
    because: unread > 0 ? unreadWords(unread) : null,
    entries: entries.length,
    ports: ports.length,
    addresses: upstream.map((one) => reportEntry(one)),
    machines: ports
      .filter(({ mac }) => machines.has(mac))
      .map(({ mac, vlan, port }) => ({ mac: formatMac(mac), node: nodeOf(mac), vlan, port })),
  }
}

export function unreadWords(lines: number): string {
  return lines === 1 ? 'one line holds a MAC and could not be read' : `${lines} lines hold a MAC and could not be read`
}

function machinesOf({ responders, upstream }: AnswerTable): Mac[] {
  return [
    ...responders.map(({ mac }) => mac),
    ...upstream.flatMap(({ entry, beside }) => [...beside, entry.mac ?? []].flat()),
  ]
}

function reportEntry({ entry, says, because, leadsTo }: UpstreamEntry): ReportedNeighbours['addresses'][number] {
  const { ip, mac, kind, interface: name, vrf, port, vlan, age, expiresSeconds, states } = entry
  return {
    ip: formatIp(ip),
    mac: mac === null ? null : formatMac(mac),
    node: leadsTo,
    kind,
    interface: name,
    vrf,
    port,
    vlan,
    ageSeconds: age?.atLeast ?? null,
    expiresSeconds,
    states: [...states],
    says,
    because,
  }
}
