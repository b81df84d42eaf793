import { formatMac } from '../../wire/mac.js'
import { tableSubject } from '../answers/parts.js'
import { defineRule } from '../define.js'
import { listed, place, type Where, where } from '../wire/evidence.js'
import { findMachines } from '../wire/next-steps.js'
import {
  type DescribedEntry,
  describeEntry,
  deviceWords,
  entriesThat,
  entryEvidence,
  entryWords,
  possibleIn,
  SHOWN,
} from './upstream-parts.js'

interface LearntElsewhere extends Where {
  readonly entries: readonly DescribedEntry[]
  readonly answering: readonly string[]
}

export const learntElsewhere = defineRule({
  id: 'neighbour/learnt-elsewhere',
  title: 'A router hears another machine for the address than this place does',
  severity: 'warning',
  needs: ['answers', 'neighbours'],
  docs: {
    what: 'A table of --neighbours has an entry for the address that the device confirmed while another machine was answering where l2doctor looked; the machine of the entry did not answer there.',
    why: 'Two machines have the address, and each is heard in one part of the network only: clients behind the router reach another machine than clients on the segment. To remove the entry does not help, the device learns it again.',
    confirm:
      'Ask from a host beside the router at the same time: `l2doctor scan --vip VIP --at local --at ssh:HOST`, or `arping -b -I IFACE -c 5 VIP` in both places.',
    falseAlarms:
      'A table that was saved some time before or after the look, with a failover in between. A router that has the address on another segment on purpose.',
    references: ['RFC 826', 'RFC 5227', 'bridge(8) neigh_suppress'],
  },
  *check({ answers, neighbours }) {
    for (const table of answers) {
      const found = entriesThat('elsewhere', table)
      const [first] = found
      if (!first) continue
      yield {
        subject: tableSubject(table),
        ...possibleIn(found, 'nothing says when the table was saved: the address may have moved in between'),
        data: {
          ...where(table),
          entries: found.map((one) => describeEntry(one, neighbours)),
          answering: first.beside.map(formatMac),
        },
        evidence: found.slice(0, SHOWN).map(entryEvidence),
      }
    }
  },
  message: ({ entries, answering, ...at }: LearntElsewhere) => {
    const shown = entries.slice(0, SHOWN).map((one) => `${deviceWords(one)} has heard ${entryWords(one)}`)
    return `${place(at)}: ${shown.join('; ')}; here ${listed(answering)} ${answering.length === 1 ? 'answers' : 'answer'}`
  },
  fixes: ({ ip, entries, answering }: LearntElsewhere) => [
    findMachines(ip, [...new Set([...entries.flatMap(({ mac }) => mac ?? []), ...answering])]),
  ],
})
