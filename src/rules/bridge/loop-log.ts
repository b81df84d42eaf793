import { hasBridge } from '../../node/roles.js'
import { likely } from '../certainty.js'
import { listed } from '../cluster-parts.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'

/** As br_fdb_update logs it: the bridge, and the port that heard it. */
const OWN_FRAME = /(?<bridge>\S+): received packet on (?<port>\S+) with own address as source/

/** Whether a line is of a bridge of this host and a port of it. */
function isOf(masters: ReadonlyMap<string, string | null>, line: string): boolean {
  const { bridge, port = '' } = OWN_FRAME.exec(line)?.groups ?? {}
  return bridge !== undefined && masters.get(port) === bridge
}

export const loopLog = defineHostRule({
  id: 'bridge/loop-log',
  title: 'A node hears its own frames: there is a loop, or its MAC exists twice',
  severity: 'error',
  sections: ['links'],
  optional: ['kernelLog'],
  explains: ['storm/loop', 'storm/requests', 'storm/replies', 'storm/gratuitous', 'wire/flip-flop'],
  docs: {
    what: 'The kernel logged "received packet on X with own address as source address".',
    why: 'Either frames circle in a loop of bridges or switches, or another machine uses the same MAC (a cloned VM). In both cases switches move the MAC from port to port and traffic is lost.',
    confirm:
      '`dmesg | grep "own address as source"`; the switch log shows MAC flapping; `bridge link` shows two uplinks on one bridge, or hairpin on an uplink.',
    falseAlarms:
      'Old lines in the kernel log (those of bridges and ports that the host has not are left out), or a bond in a mode that needs the switch to group its ports while the switch does not.',
    references: ['net/bridge/br_fdb.c br_fdb_update'],
  },
  *checkHost({ links, kernelLog }, host) {
    if (kernelLog === undefined) {
      // only a bridge logs it: without one there is nothing to miss
      if (hasBridge(links)) yield { unjudged: host.name, because: 'it has a bridge, and its kernel log was not read' }
      return
    }
    const masters = new Map(links.map(({ name, master }) => [name, master]))
    // the log is one for all network namespaces of a machine, and outlives its interfaces
    const lines = kernelLog.filter((line) => isOf(masters, line))
    if (lines.length === 0) return
    const interfaces = [...new Set(lines.flatMap((line) => OWN_FRAME.exec(line)?.groups?.['port'] ?? []))]
    yield {
      subject: nodeSubject(host),
      ...likely('the kernel logged it; the log does not say whether it goes on'),
      data: { node: host.name, interfaces, count: lines.length },
      evidence: [commandEvidence(host, sh`dmesg`, lines.slice(-3).join('\n'))],
    }
  },
  message: ({ node, interfaces, count }) =>
    `${node} received its own frames on ${listed(interfaces) || 'an interface'} (${count} lines in the kernel log)`,
  fixes: ({ node, interfaces }) => [
    {
      summary: 'Find the loop, or the second machine with this MAC',
      risk: 'disruptive',
      where: 'switch',
      steps: [
        {
          kind: 'look',
          text: `On ${node}: which bridge has two ways out, and is hairpin on?`,
          run: sh`bridge -d link show; ip -d link show type bridge`,
        },
        {
          kind: 'look',
          text: `On the switch: where does the MAC of ${interfaces[0] ?? 'the interface'} appear? Two ports: a loop or a clone`,
        },
        {
          kind: 'persistent',
          text: 'Turn STP on for bridges with two uplinks, or take one uplink out; give cloned machines their own MAC',
        },
      ],
      verify: "dmesg -w | grep 'own address as source' # stays silent",
      undo: 'Restore the former cabling or bridge configuration.',
    },
  ],
})
