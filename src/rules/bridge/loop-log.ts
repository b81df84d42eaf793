import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, nodeSubject } from '../host-parts.js'
import { sh } from '../shell.js'

export const loopLog = defineHostRule({
  id: 'bridge/loop-log',
  title: 'A node hears its own frames: there is a loop, or its MAC exists twice',
  severity: 'error',
  sections: ['kernelLog'],
  explains: ['storm/loop', 'storm/requests', 'storm/replies', 'storm/gratuitous', 'wire/flip-flop'],
  docs: {
    what: 'The kernel logged "received packet on X with own address as source address".',
    why: 'Either frames circle in a loop of bridges or switches, or another machine uses the same MAC (a cloned VM). In both cases switches move the MAC from port to port and traffic is lost.',
    confirm:
      '`dmesg | grep "own address as source"`; the switch log shows MAC flapping; `bridge link` shows two uplinks on one bridge, or hairpin on an uplink.',
    falseAlarms:
      'Old lines in the kernel log, or a bond in a mode that needs the switch to group its ports while the switch does not.',
    references: ['net/bridge/br_fdb.c br_fdb_update'],
  },
  *checkHost({ kernelLog }, host) {
    const lines = kernelLog.filter((line) => line.includes('own address as source'))
    if (lines.length === 0) return
    const interfaces = [...new Set(lines.flatMap((line) => /packet on (\S+) with own/.exec(line)?.[1] ?? []))]
    yield {
      subject: nodeSubject(host),
      data: { node: host.name, interfaces, count: lines.length },
      evidence: [commandEvidence(host, sh`dmesg`, lines.slice(-3).join('\n'))],
    }
  },
  message: ({ node, interfaces, count }) =>
    `${node} received its own frames on ${interfaces.join(', ') || 'an interface'} (${count} lines in the kernel log)`,
  fixes: ({ node, interfaces }) => [
    {
      summary: 'Find the loop, or the second machine with this MAC',
      risk: 'disruptive',
      where: 'switch',
      steps: [
        {
          kind: 'runtime',
          text: `On ${node}: which bridge has two ways out, and is hairpin on?`,
          run: sh`bridge -d link show; ip -d link show type bridge`,
        },
        {
          kind: 'manual',
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
