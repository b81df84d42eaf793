import type { StaleEntry } from '../../facts/answers/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { commandOf } from '../changes/command.js'
import { renderHostFix } from '../changes/host-fix.js'
import { defineRule, type Fix, type HostFix, type ProposedFix, type Severity } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { listed, place, type Where } from '../wire/evidence.js'
import { findMachines } from '../wire/next-steps.js'
import { tableSubject } from './parts.js'

interface StaleNeighbour extends Where {
  readonly entries: readonly {
    /** Null: the machine that asked. */
    readonly node: string | null
    readonly interface: string
    readonly mac: string
    readonly states: readonly string[]
    /** The host it leads to, where the entry may be right and the unknown machine that answers wrong. */
    readonly rightTo: string | null
    /** No machine that answers is known. */
    readonly open: boolean
  }[]
  readonly answering: readonly string[]
}

const SHOWN = 5

export const staleNeighbour = defineRule({
  id: 'answers/stale-neighbour',
  title: 'A neighbour table sends the address to a machine that does not answer for it',
  severity: 'warning',
  needs: ['answers'],
  docs: {
    what: 'The neighbour table of a host, or of the machine that asked, has an entry for the address with another MAC than those that answer on the wire. The table of the machine that asked is read before its first request.',
    why: 'That host sends the traffic of the address to the wrong machine: permanently with a permanent entry, otherwise until the kernel asks again.',
    confirm: '`ip neigh show to VIP` on that machine, beside `arping -b -I IFACE -c 3 VIP`.',
    falseAlarms:
      'An entry that is not in use (STALE) is used for the next packets while the kernel checks it, which takes some seconds; on a host, whose table is not read in the same second as the wire, it is information only. A failover in between looks the same. An entry that was made by hand on purpose, for a machine that takes the traffic but does not answer ARP. An entry that leads to the host which has the address, while an unknown machine answers for it: then the answer is the fault, and no step removes the entry. While no machine that answers is known, a permanent entry may be the right one: find both machines before you remove it.',
    references: ['RFC 826', 'ip-neighbour(8)', 'net/core/neighbour.c neigh_update'],
  },
  *check({ answers }) {
    for (const table of answers) {
      const { stale, ip, vlans } = table
      if (stale.length === 0) continue
      const severity = severityOf(stale)
      yield {
        subject: tableSubject(table),
        ...weigh(stale),
        severity,
        data: {
          ip: formatIp(ip),
          vlans,
          entries: stale.map(({ host, interface: name, mac, states, rightTo, open }) => ({
            node: host,
            interface: name,
            mac: formatMac(mac),
            states,
            rightTo,
            open,
          })),
          answering: [...new Set(stale.flatMap((one) => one.answering))].map(formatMac),
        },
        evidence: stale
          .slice(0, SHOWN)
          .map(({ host, interface: name, mac, states }) =>
            commandEvidence(
              { name: host ?? THIS_MACHINE, address: '' },
              sh`ip neigh show to ${formatIp(ip)}`,
              `${formatIp(ip)} dev ${name} lladdr ${formatMac(mac)} ${states.join(' ')}`,
            ),
          ),
      }
    }
  },
  message: ({ entries, answering, ...at }: StaleNeighbour) => {
    const shown = entries
      .slice(0, SHOWN)
      .map(({ node, mac, states }) => `${node ?? THIS_MACHINE} (${mac}, ${states.join(' ')})`)
    const more = entries.length > SHOWN ? ` and ${entries.length - SHOWN} more` : ''
    return `${listed(shown)}${more} ${entries.length === 1 ? 'has' : 'have'} another MAC for ${place(at)} than ${listed(answering)}, which ${answering.length === 1 ? 'answers' : 'answer'}${rightWords(entries)}`
  },
  fixes: ({ ip, entries, answering }: StaleNeighbour): readonly ProposedFix[] => {
    if (entries.some(mayBeRight)) return [findMachines(ip, answering)]
    const pinned = entries.filter(mayBeMeant)
    if (pinned.length > 0) return [whoIsRight(ip, pinned, answering)]
    return entries.slice(0, SHOWN).map((entry) => askAgain(ip, entry))
  },
})

/** Somebody made the entry by hand, and of neither machine anything is known. */
function mayBeMeant({ states, open }: Pick<StaleEntry, 'states' | 'open'>): boolean {
  return open && states.includes('PERMANENT')
}

/** Looks first; the entry is removed by hand, once the machine that answers is known to be the right one. */
function whoIsRight(ip: string, pinned: readonly Entry[], answering: readonly string[]): Fix {
  const macs = [...new Set([...pinned.map(({ mac }) => mac), ...answering])]
  const look = findMachines(ip, macs)
  const at = listed([...new Set(pinned.map(({ node, interface: device }) => `${device} of ${node ?? THIS_MACHINE}`))])
  return {
    ...look,
    summary: `Find out which machine should have ${ip}: the one of the permanent entry, or the one that answers`,
    steps: [
      ...look.steps,
      {
        kind: 'runtime',
        text: `Only if the machine that answers (${listed(answering)}) is the right one: remove the entry on ${at} with ip neigh del, and from the file that sets it`,
      },
    ],
    undo: 'Add the entry again with ip neigh add, as the evidence shows it.',
  }
}

function mayBeRight({ rightTo }: Pick<StaleEntry, 'rightTo'>): boolean {
  return rightTo !== null
}

function rightWords(entries: StaleNeighbour['entries']): string {
  const hosts = [...new Set(entries.flatMap(({ rightTo }) => rightTo ?? []))]
  if (hosts.length === 0) return ''
  return `; that MAC is of ${listed(hosts)}, which has the address or should have it, and no machine that answers is known`
}

const THIS_MACHINE = 'this machine'

type Entry = StaleNeighbour['entries'][number]

function askAgain(ip: string, { node, interface: device, mac, states }: Entry): ProposedFix {
  const permanent = states.includes('PERMANENT')
  const change = { kind: 'neighbour-del', ip, mac, permanent, device } as const
  const fix = { summary: `Let ${node ?? THIS_MACHINE} ask for ${ip} again`, node: node ?? '', changes: [change] }
  return node === null ? here(fix, commandOf({ ...change, kind: 'neighbour-add' })) : fix
}

/** On the machine that asked, which is none of the hosts. */
function here(fix: HostFix, undo: string): Fix {
  const { node: _, ...rest } = renderHostFix(fix, null)
  return { ...rest, where: 'workstation', undo }
}

/** What is in use sends traffic astray now; of a table that was read just before the wire an entry at rest does so next. */
function severityOf(stale: readonly StaleEntry[]): Severity {
  if (stale.some(isPermanent)) return 'error'
  return stale.some(({ host, states }) => host === null || states.includes('REACHABLE')) ? 'warning' : 'info'
}

function isPermanent({ states }: StaleEntry): boolean {
  return states.includes('PERMANENT')
}

function weigh(stale: readonly StaleEntry[]): Confidence {
  if (stale.some(mayBeRight)) return possible('the entry may be right, and the unknown machine that answers wrong')
  if (stale.some(mayBeMeant))
    return possible('neither the machine of the permanent entry nor the one that answers is known')
  if (stale.some(isPermanent)) return likely('a permanent entry stays whatever answers on the wire')
  return stale.some(({ host }) => host === null)
    ? likely(
        'the entry was read before the first request; only what this machine sent since then could have changed it',
      )
    : possible('hosts and wire are not read in the same second: the address may have moved in between')
}
