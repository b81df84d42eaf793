import { certain } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
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
import { reload } from './reload.js'

interface Loop extends RouterData {
  /** The one that takes over and gives up. */
  readonly machine: Machine
  readonly times: number
  readonly periodSeconds: number
  /** How it gave up: `resigned 3 times`. */
  readonly endings: readonly string[]
}

export const preemptionLoop = defineRule({
  id: 'vrrp/preemption-loop',
  title: 'A machine of higher priority takes over and gives up again and again',
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
    what: 'A machine took mastership from one of lower priority that was still advertising, lost it, and took it again, twice or more within ten minutes for each return.',
    why: 'The addresses move to a machine that cannot keep them. Without it, or without preemption, they would rest on the other one.',
    confirm:
      '`journalctl -u keepalived | grep -E "Entering|priority|script"` on the machine: why does it leave MASTER each time?',
    falseAlarms: 'A test of failovers that was captured.',
    references: ['RFC 9568 sections 6.1 (Preempt_Mode) and 6.4.2', 'keepalived.conf(5) (nopreempt, preempt_delay)'],
  },
  *check({ wire, attribution }) {
    for (const router of wire.capture.vrrp.routers) {
      const cycles = cyclesOf(router)
      const master = router.masters.find(({ ip }) => ip === cycles?.preempts)
      if (cycles === null || master === undefined || isClash(router)) continue
      if (!timeIsInOrder(wire)) yield outOfOrder(routerName(router))
      else
        yield {
          subject: routerSubject(router),
          ...certain('each takeover stands in the adverts'),
          data: {
            ...routerData(router, wire),
            machine: machineOf(master, attribution),
            times: cycles.changes.filter(({ to }) => to === master.ip).length,
            periodSeconds: cycles.periodSeconds,
            endings: endings(cycles.changes, master.ip),
          },
          evidence: cycles.changes.slice(0, 4).map(changeEvidence),
        }
    }
  },
  message: ({ machine, times, periodSeconds, endings, vips, ...router }: Loop) =>
    `${named(machine)} took ${routerName(router)} with ${someOf(vips)} from a master of lower priority ${times} times, every ${periodSeconds} s, and ${listed(endings)}`,
  fixes: (data: Loop) => [data.protocol === 'carp' ? findWhyCarpGivesUp(data) : findWhyItGivesUp(data)],
})

/** Whether CARP preempts holds for all addresses of a machine, so that nothing of it is to be changed before the reason is known. */
function findWhyCarpGivesUp({ machine, protocol, ...data }: Loop): Fix {
  return {
    summary: `Find out why ${shortName(machine)} gives up`,
    risk: 'none',
    where: 'node',
    ...(machine.node === null ? {} : { node: machine.node }),
    steps: [lookAtConfiguration([machine], protocol)],
    verify: verifyRouter(data),
    undo: ONLY_LOOKS,
  }
}

function findWhyItGivesUp({ machine, ...data }: Loop): Fix {
  return {
    summary: `Find out why ${shortName(machine)} gives up, or let it not preempt`,
    risk: 'disruptive',
    where: 'node',
    ...(machine.node === null ? {} : { node: machine.node }),
    steps: [
      {
        kind: 'look',
        text: `On ${shortName(machine)}: why it leaves MASTER each time`,
        run: sh`journalctl -u keepalived --since -1h --no-pager | grep -iE 'entering|transition|script|priority|start|stop' | tail -n 50`,
      },
      lookAtConfiguration([machine]),
      {
        kind: 'persistent',
        text: `Until that is fixed: set "state BACKUP" and "nopreempt" in the vrrp_instance of ${shortName(machine)}. It then takes over only where no other master is heard`,
      },
      reload(shortName(machine), machine.node),
    ],
    sideEffects: ['With nopreempt the addresses stay on the machine of lower priority after a failover.'],
    verify: verifyRouter(data),
    undo: 'Take nopreempt away, set the state of before, and reload keepalived.',
  }
}
