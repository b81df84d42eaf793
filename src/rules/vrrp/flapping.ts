import { certain } from '../certainty.js'
import { defineRule, type Fix, type FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { listed } from '../wire/evidence.js'
import { outOfOrder, timeIsInOrder } from '../wire/time-order.js'
import { changeEvidence } from './changes.js'
import { cyclesOf, endings } from './cycles.js'
import { isClash } from './pairs.js'
import {
  lookAtConfiguration,
  type Machine,
  machineOf,
  named,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  shortName,
  someOf,
  verifyRouter,
} from './parts.js'

interface Flapping extends RouterData {
  readonly machines: readonly Machine[]
  readonly changes: number
  readonly periodSeconds: number
  /** `resigned 3 times`, `fell silent 2 times`. */
  readonly endings: readonly string[]
}

export const flapping = defineRule({
  id: 'vrrp/flapping',
  title: 'The master of a virtual router changes again and again',
  severity: 'error',
  needs: ['wire', 'attribution'],
  explains: [
    'wire/flip-flop',
    'wire/intermittent-answer',
    'wire/silent-for-a-time',
    'answers/unwanted-responder',
    'answers/unexplained-responder',
    'storm/gratuitous',
  ],
  docs: {
    what: 'The adverts show that mastership went back and forth at least four times, ten minutes at most for each return.',
    why: 'With each change the addresses move: connections break, and clients whose neighbour entry was not renewed send to a machine that no longer holds the address.',
    confirm:
      '`journalctl -u keepalived | grep -E "Entering|Transition|priority"` on both machines shows each change and its reason.',
    falseAlarms: 'A test of failovers that was captured. One failover and the way back are not reported.',
    references: ['RFC 9568 section 6.4', 'keepalived.conf(5)', 'acassen/keepalived#1404'],
  },
  *check({ wire, attribution }) {
    for (const router of wire.capture.vrrp.routers) {
      const cycles = cyclesOf(router)
      if (cycles === null || cycles.preempts !== null || isClash(router)) continue
      if (!timeIsInOrder(wire)) yield outOfOrder(routerName(router))
      else
        yield {
          subject: routerSubject(router),
          ...certain('each change stands in the adverts'),
          data: {
            ...routerData(router, wire),
            machines: router.masters.map((master) => machineOf(master, attribution)),
            changes: cycles.count,
            periodSeconds: cycles.periodSeconds,
            endings: endings(cycles.changes),
          },
          evidence: cycles.changes.slice(0, 4).map(changeEvidence),
        }
    }
  },
  message: ({ machines, changes, periodSeconds, endings, vips, ...router }: Flapping) =>
    `${routerName(router)} changed its master ${changes} times between ${listed(machines.map(named))}, every ${periodSeconds} s one returned; ${someOf(vips)} moved each time. The master before ${listed(endings)}`,
  fixes: (data: Flapping) => [findWhyItEnds(data)],
})

function findWhyItEnds({ machines, protocol, ...data }: Flapping): Fix {
  return {
    summary: 'Find out why the master gives up or is not heard',
    risk: 'none',
    where: 'node',
    steps: [
      ...(protocol === 'carp' ? [] : [lookAtChanges(machines)]),
      lookAtConfiguration(machines, protocol),
      {
        kind: 'look',
        text: 'Adverts that get lost: errors and drops of the interface',
        run: protocol === 'carp' ? sh`netstat -in` : sh`ip -s link`,
      },
    ],
    verify: verifyRouter(data),
    undo: ONLY_LOOKS,
  }
}

function lookAtChanges(machines: readonly Machine[]): FixStep {
  return {
    kind: 'look',
    text: `On ${machines.map(shortName).join(' and ')}: each change with its reason. A script that fails and succeeds in turn, or keepalived that restarts, resigns; a machine short of CPU or a lossy link falls silent`,
    run: sh`journalctl -u keepalived --since -1h --no-pager | grep -iE 'entering|transition|script|priority|start|stop|timed out' | tail -n 50`,
  }
}
