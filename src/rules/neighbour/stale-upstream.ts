import type { UpstreamEntry } from '../../facts/answers/model.js'
import type { EntryKind } from '../../neighbours/model.js'
import { formatMac } from '../../wire/mac.js'
import { tableSubject } from '../answers/parts.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule, type Fix, type FixStep, type Severity } from '../define.js'
import { sh } from '../shell.js'
import { listed, place, type Where, where } from '../wire/evidence.js'
import { findMachines } from '../wire/next-steps.js'
import { commandsFor } from './maker-commands.js'
import {
  type DescribedEntry,
  describeEntry,
  deviceWords,
  entriesThat,
  entryEvidence,
  entryWords,
  OF_ANOTHER,
  SHOWN,
} from './upstream-parts.js'

interface StaleUpstream extends Where {
  readonly entries: readonly DescribedEntry[]
  /** The machines that answer; without an answer those that should. */
  readonly beside: readonly string[]
  readonly basis: UpstreamEntry['basis']
  /** An entry leads to the machine that should have the address, or to a known one while none that answers is known. */
  readonly mayBeRight: boolean
  /** No machine that answers is known. */
  readonly open: boolean
  /** An entry may be of another segment. */
  readonly mayBeOfAnother: boolean
}

export const staleUpstream = defineRule({
  id: 'neighbour/stale-upstream',
  title: 'A router sends the address to another machine than the one that answers',
  severity: 'warning',
  needs: ['answers', 'neighbours', 'question'],
  docs: {
    what: 'A table of --neighbours has an entry for the address with another MAC than the machines that answer on the wire, or, where nobody was seen to answer, than the node that should announce it.',
    why: 'Everything that comes through that router goes to the wrong machine until the entry expires (four hours on many routers), while clients on the segment itself reach the right one. Some routers and fabrics ignore gratuitous ARP, and keep the former node for a while after each failover.',
    confirm: 'Show the entry on the device, beside `arping -b -I IFACE -c 3 VIP` on the segment.',
    falseAlarms:
      'A file that was saved before the address moved. An entry of another routing table (VRF) with the same addresses, which is `possible` where the table shows several: so it may be with an address that the device has itself, and does not answer for here. A device that reaches the address over another segment, where another machine has it. Not judged are: an entry that expires within a minute, the MAC of a virtual router, an address of the device itself for which a virtual router answers, an entry beside another one of the same table that agrees, and all entries where only a proxy answers.',
    references: ['RFC 826', 'RFC 5227', 'metallb/metallb#1890', 'metallb/metallb#2910'],
  },
  *check({ answers, neighbours, question }) {
    for (const table of answers) {
      const stale = entriesThat('stale', table)
      const [first] = stale
      if (!first) continue
      const sure = weigh(stale, question.probed)
      yield {
        subject: tableSubject(table),
        ...sure,
        severity: severityOf(stale, sure),
        data: {
          ...where(table),
          entries: stale.map((one) => describeEntry(one, neighbours)),
          beside: first.beside.map(formatMac),
          basis: first.basis,
          mayBeRight: stale.some((one) => one.mayBeRight),
          open: first.open,
          mayBeOfAnother: stale.some((one) => one.mayBeOfAnother),
        },
        evidence: stale.slice(0, SHOWN).map(entryEvidence),
      }
    }
  },
  message: ({ entries, beside, basis, ...at }: StaleUpstream) => {
    const shown = entries.slice(0, SHOWN).map((one) => `${deviceWords(one)} ${HAS[one.kind]} ${entryWords(one)}`)
    const more = entries.length > SHOWN ? ` and ${entries.length - SHOWN} more` : ''
    const answers = beside.length === 1 ? 'answers' : 'answer'
    const right = basis === 'wire' ? `${listed(beside)} ${answers} for it` : `${listed(beside)} should answer for it`
    return `${place(at)}: ${shown.join('; ')}${more}; ${right}`
  },
  fixes: ({ ip, entries, beside, basis, mayBeRight, open, mayBeOfAnother }: StaleUpstream): readonly Fix[] => {
    const dynamic = entries.filter(({ kind }) => kind === 'dynamic')
    if (mayBeRight || dynamic.length === 0) return [findMachines(ip, macsOf(entries, beside))]
    const first = [...firstLook(ip, beside, basis, open), ...(mayBeOfAnother ? [whichSegment(beside)] : [])]
    return dynamic.slice(0, SHOWN).map((entry) => askAgain(ip, entry, first))
  },
})

const SENDS = 'sends it to'
const HAS: Record<EntryKind, string> = {
  ...{ dynamic: SENDS, static: SENDS, remote: SENDS, incomplete: SENDS },
  own: 'has it as an address of its own, or as a static entry:',
}

function macsOf(entries: readonly DescribedEntry[], beside: readonly string[]): string[] {
  return [...new Set([...entries.flatMap(({ mac }) => mac ?? []), ...beside])]
}

/** Where it is not sure which machine is right: what tells it. */
function firstLook(ip: string, beside: readonly string[], basis: UpstreamEntry['basis'], open: boolean): FixStep[] {
  if (basis === 'announcer')
    return [
      { kind: 'look', text: 'Who answers on the segment?', run: sh`l2doctor scan --vip ${ip}`, where: 'workstation' },
    ]
  if (!open) return []
  const text = `Which machine is ${listed(beside)}, and should it have the address?`
  return [{ kind: 'look', text, run: sh`l2doctor diagnose --vip ${ip}`, where: 'workstation' }]
}

/** Not each of several entries leads to the segment that was looked at. */
function whichSegment(beside: readonly string[]): FixStep {
  const text = `Which of the interfaces is on the segment of ${listed(beside)}? The entries of others may be right.`
  return { kind: 'look', text, where: 'switch' }
}

/** Removes one entry, never the table: without it the device asks, and takes the answer. */
function askAgain(ip: string, entry: DescribedEntry, first: readonly FixStep[]): Fix {
  const { show, clear } = commandsFor(entry.format, ip, entry)
  const condition =
    first.length === 0 ? 'Remove' : 'Only if another machine than that of the entry should answer, and does: remove'
  const undocumented = clear === null ? '; no command for one address alone is known that holds on all versions' : ''
  return {
    summary: `Let ${deviceWords(entry)} ask for ${ip} again`,
    risk: 'none',
    where: 'switch',
    steps: [
      ...first,
      { kind: 'look', text: `On ${entry.table}: is the entry still the same?`, run: show },
      {
        kind: 'runtime',
        text: `${condition} the entry of ${ip} alone${undocumented}`,
        ...(clear === null ? {} : { run: clear }),
      },
    ],
    sideEffects: [
      `Traffic through ${entry.table} to ${ip} waits for one request and its answer. Entries of other addresses stay.`,
    ],
    verify: show,
    undo: 'The device makes an entry again with the next answer.',
  }
}

/** States in which a device asks again as soon as it uses the entry. */
const CHECKED_AT_NEXT_USE = new Set(['STALE', 'DELAY', 'PROBE'])

/** What no answer on the wire changes. */
const STAYS: ReadonlySet<EntryKind> = new Set(['static', 'own'])
/** A machine that has so many addresses in one table may be a proxy. */
const MANY = 3

function severityOf(stale: readonly UpstreamEntry[], { certainty }: Confidence): Severity {
  const stays = stale.some(({ entry, basis }) => STAYS.has(entry.kind) && basis === 'wire')
  if (stays && certainty !== 'possible') return 'error'
  const isAtRest = ({ entry }: UpstreamEntry) =>
    entry.states.some((state) => CHECKED_AT_NEXT_USE.has(state.toUpperCase()))
  return stale.every(isAtRest) ? 'info' : 'warning'
}

function weigh(stale: readonly UpstreamEntry[], probed: boolean): Confidence {
  if (stale.some(({ mayBeRight }) => mayBeRight))
    return possible('the entry may be right, and the machine that answers wrong')
  if (stale.some(({ open }) => open))
    return possible('neither the machine of the entry nor the one that answers is known')
  if (stale.some(({ mayBeOfAnother }) => mayBeOfAnother)) return possible(OF_ANOTHER)
  if (stale.some(({ basis }) => basis === 'announcer'))
    return possible('nobody was seen to answer; only the objects of the announcer name another machine')
  if (stale.some(({ isItsOwn }) => isItsOwn))
    return possible('the device has the address itself and does not answer here: it may have it on another segment')
  if (stale.some(({ sharedBy }) => sharedBy >= MANY))
    return possible('the table has the unknown machine of the entry for several addresses: it may be a proxy')
  if (stale.some(({ entry }) => STAYS.has(entry.kind)))
    return likely('a static entry, or an address of the device itself, stays whatever answers on the wire')
  if (stale.some(({ entry }) => entry.kind === 'remote'))
    return possible('another device advertises it (EVPN), and may not have withdrawn it yet')
  if (!probed) return possible('the table and the capture may be of different times')
  return stale.every(({ outlastsLook }) => outlastsLook)
    ? likely('the entry is older than all that was seen here, but nothing says when the table was saved')
    : possible('nothing says that the entry is older than what was seen here, and when the table was saved')
}
