import { formatMac } from '../../wire/mac.js'
import { tableSubject } from '../answers/parts.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { listed, place, type Where, where } from '../wire/evidence.js'
import { onSwitch } from '../wire/next-steps.js'
import { commandsFor } from './maker-commands.js'
import {
  type DescribedEntry,
  describeEntry,
  deviceWords,
  entriesThat,
  entryEvidence,
  possibleIn,
  SHOWN,
} from './upstream-parts.js'

interface UnresolvedUpstream extends Where {
  readonly entries: readonly DescribedEntry[]
  readonly answering: readonly string[]
}

export const unresolvedUpstream = defineRule({
  id: 'neighbour/unresolved-upstream',
  title: 'A router asks for the address and hears no answer',
  severity: 'warning',
  needs: ['answers', 'neighbours'],
  docs: {
    what: 'A table of --neighbours has an incomplete entry for the address, while a machine answers for it where l2doctor looked.',
    why: 'Everything that comes through that router is dropped: its request does not reach the machine, or the answer does not come back. Between the two lie switches: another VLAN, an isolated port, dynamic ARP inspection, or port security.',
    confirm:
      'Show the entry on the device a second time; capture on the node while the device asks: `tcpdump -p -n -e -i IFACE arp and host VIP`.',
    falseAlarms:
      'A table that was saved before the address was announced, or within the second of a request. A device that has the subnet on several interfaces, and asked on another one.',
    references: ['RFC 826', 'RFC 1812 section 3.3.2'],
  },
  *check({ answers, neighbours }) {
    for (const table of answers) {
      const found = entriesThat('unresolved', table).filter(({ basis }) => basis === 'wire')
      const [first] = found
      if (!first) continue
      yield {
        subject: tableSubject(table),
        ...possibleIn(found, 'nothing says when the table was saved; the address may have been silent then'),
        data: {
          ...where(table),
          entries: found.map((one) => describeEntry(one, neighbours)),
          answering: first.beside.map(formatMac),
        },
        evidence: found.slice(0, SHOWN).map(entryEvidence),
      }
    }
  },
  message: ({ entries, answering, ...at }: UnresolvedUpstream) =>
    `${place(at)}: ${listed(entries.slice(0, SHOWN).map(deviceWords))} ${entries.length === 1 ? 'has' : 'have'} no MAC for it; here ${listed(answering)} ${answering.length === 1 ? 'answers' : 'answer'}`,
  fixes: ({ ip, entries, answering }: UnresolvedUpstream) =>
    entries.slice(0, 1).map((entry) => ({
      summary: `Find what keeps ${entry.table} and the machine that answers for ${ip} apart`,
      risk: 'none' as const,
      where: 'switch' as const,
      steps: [
        {
          kind: 'look' as const,
          text: `On ${entry.table}: is it still without a MAC?`,
          run: commandsFor(entry.format, ip, entry).show,
        },
        {
          kind: 'look' as const,
          text: 'On the switches between: at which port is the machine learnt, and in which VLAN?',
          run: onSwitch(answering),
        },
        {
          kind: 'look' as const,
          text: 'Look from a host beside the device too, if there is one: scan with --at local and --at ssh: with its name',
          where: 'workstation' as const,
        },
      ],
      verify: commandsFor(entry.format, ip, entry).show,
      undo: ONLY_LOOKS,
    })),
})
