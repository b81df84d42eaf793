import { scoped } from '../../node/effective.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'

/** From this share of gc_thresh3 on, the next burst of neighbours fails. */
const NEARLY_FULL = 0.9
const DEFAULT_LIMIT = 1024 // net/ipv4/arp.c arp_tbl.gc_thresh3

export const tableOverflow = defineHostRule({
  id: 'neighbour/table-overflow',
  title: 'The neighbour table is full: ARP entries are refused',
  severity: 'error',
  sections: ['neighbours', 'sysctls'],
  optional: ['kernelLog'],
  family: 4,
  explains: ['wire/intermittent-answer', 'wire/no-answer'],
  docs: {
    what: 'The kernel logged "neighbor table overflow", or the table holds nearly gc_thresh3 entries. The table is shared by all network namespaces of the machine: every pod interface takes entries.',
    why: 'New neighbours cannot be resolved: some addresses of the segment become unreachable at random, the VIP among them.',
    confirm:
      '`dmesg | grep "neighbor table overflow"`, `ip -4 neigh | wc -l` in every namespace against `sysctl net.ipv4.neigh.default.gc_thresh3`.',
    falseAlarms: 'A line from long ago in the kernel log; look at its time.',
    references: ['net/core/neighbour.c neigh_alloc', 'arp(7) gc_thresh3', 'kubernetes/kops#4533'],
  },
  *checkHost({ neighbours, sysctls, kernelLog = [] }, host) {
    const lines = kernelLog.filter((line) => /neighbou?r table overflow/i.test(line))
    const count = neighbours.filter(({ family }) => family === 4).length
    const limit = scoped(sysctls.neigh4, 'default', 'gc_thresh3') ?? DEFAULT_LIMIT
    if (lines.length === 0 && count < limit * NEARLY_FULL) return
    yield {
      subject: nodeSubject(host),
      ...weigh(lines.length > 0, count >= limit * NEARLY_FULL),
      severity: lines.length > 0 ? 'error' : 'warning',
      data: { node: host.name, count, limit, logged: lines.length },
      evidence: [
        ...(lines.length > 0 ? [commandEvidence(host, sh`dmesg`, lines.slice(-3).join('\n'))] : []),
        commandEvidence(host, sh`ip -4 neigh`, `${count} entries in this namespace, gc_thresh3 = ${limit}`),
      ],
    }
  },
  message: ({ node, count, limit, logged }) =>
    logged > 0
      ? `${node} refused ARP entries: neighbour table overflow (${logged} lines in the kernel log, gc_thresh3 ${limit})`
      : `${node} holds ${count} of at most ${limit} ARP entries`,
  fixes: ({ node, limit }) => [
    {
      summary: `Find what fills the table of ${node}, then raise its limits`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        {
          kind: 'look',
          text: 'Many INCOMPLETE or FAILED entries point at a scanner or a dead peer',
          run: sh`ip -4 neigh | awk '{print $NF}' | sort | uniq -c`,
        },
        {
          kind: 'runtime',
          text: 'Raise the limits',
          run: sh`sysctl -w net.ipv4.neigh.default.gc_thresh1=${limit * 4} net.ipv4.neigh.default.gc_thresh2=${limit * 8} net.ipv4.neigh.default.gc_thresh3=${limit * 16}`,
        },
        {
          kind: 'persistent',
          text: 'Keep them over a reboot',
          run: sh`printf 'net.ipv4.neigh.default.gc_thresh%s\\n' ${[`1 = ${limit * 4}`, `2 = ${limit * 8}`, `3 = ${limit * 16}`]} > /etc/sysctl.d/90-neigh.conf`,
        },
      ],
      sideEffects: ['A full table takes a few hundred bytes of kernel memory per entry.'],
      verify: "dmesg -w | grep 'neighbor table overflow' # stays silent",
      undo: sh`sysctl -w net.ipv4.neigh.default.gc_thresh3=${limit}; rm /etc/sysctl.d/90-neigh.conf`,
    },
  ],
})

function weigh(logged: boolean, full: boolean): Confidence {
  if (logged && full) return certain('the kernel logged it, and the table is full')
  return logged
    ? likely('the kernel logged it, but the table is not full now')
    : likely('the table is nearly full, but the kernel logged no refused entry')
}
