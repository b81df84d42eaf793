import { lastSaid } from '../../observe/vrrp/said.js'
import { certain, possible } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { compareLists, overlapInTime, type Pair, pairsOf } from './pairs.js'
import {
  advertEvidence,
  lookAtConfiguration,
  type Machine,
  machineOf,
  named,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  shortName,
  verifyRouter,
} from './parts.js'
import { reload } from './reload.js'

interface Differing extends RouterData {
  readonly machines: readonly Machine[]
  /** What each of the two advertises alone. */
  readonly only: readonly (readonly string[])[]
}

export const addressesDiffer = defineRule({
  id: 'vrrp/addresses-differ',
  title: 'The machines of a virtual router advertise different addresses',
  severity: 'warning',
  needs: ['wire', 'attribution'],
  explains: [
    'vrrp/two-masters',
    'vrrp/held-by-two',
    'vrrp/flapping',
    'wire/no-answer',
    'wire/stopped-answering',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'answers/unwanted-responder',
  ],
  docs: {
    what: 'Two machines advertise one virtual router, and their lists of addresses have some in common, but not all.',
    why: 'An address that only one of them has is gone after a failover. keepalived checks the list, discards adverts whose list is another one, and both machines become master.',
    confirm:
      '`tcpdump -n -v -i IFACE proto 112`: compare addrs of both; compare virtual_ipaddress in both configurations.',
    falseAlarms:
      'The list was changed on both machines while it was captured, or the second machine had not been reloaded yet. Addresses in virtual_ipaddress_excluded are not advertised and not compared.',
    references: ['RFC 3768 section 7.1', 'RFC 9568 section 7.1', 'keepalived.conf(5)'],
  },
  *check({ wire, attribution }) {
    for (const router of wire.capture.vrrp.routers) {
      for (const pair of pairsOf(router).filter((one) => compareLists(one) === 'overlapping')) {
        yield {
          subject: routerSubject(router),
          ...(overlapInTime(pair)
            ? certain('both lists stand in adverts of the same minutes')
            : possible('one came after the other: the list may have been changed in between')),
          data: {
            ...routerData(router, wire),
            machines: [pair.one, pair.other].map((master) => machineOf(master, attribution)),
            only: onlyOf(pair),
          },
          evidence: [pair.one, pair.other].flatMap(advertEvidence),
        }
      }
    }
  },
  message: ({ machines, only, ...router }: Differing) =>
    `${machines.map(named).join(' and ')} advertise ${routerName(router)} with different addresses: ${machines.flatMap((machine, at) => (only[at]?.length ? [`only ${shortName(machine)} has ${only[at].join(', ')}`] : [])).join('; ')}`,
  fixes: (data: Differing) => [sameList(data)],
})

function onlyOf({ one, other }: Pair): string[][] {
  const [mine, theirs] = [one, other].map((master) => lastSaid(master)?.addresses ?? [])
  return [
    (mine ?? []).filter((address) => !theirs?.includes(address)),
    (theirs ?? []).filter((address) => !mine?.includes(address)),
  ]
}

function sameList({ machines, ...data }: Differing): Fix {
  return {
    summary: 'Give all machines of the virtual router the same virtual_ipaddress list',
    risk: 'disruptive',
    where: 'node',
    steps: [
      lookAtConfiguration(machines),
      {
        kind: 'persistent',
        text: `Decide which list is right, write it on ${machines.map(shortName).join(' and ')}, the backup first`,
      },
      ...machines.map((machine) => reload(shortName(machine), machine.node)),
    ],
    sideEffects: ['An address that is taken off the list stops working.'],
    verify: verifyRouter(data),
    undo: 'Write the list of before, and reload keepalived.',
  }
}
