import { certain, possible } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'
import { REGRESSIONS } from './regressions.js'

interface Known {
  readonly node: string
  readonly release: string
  readonly title: string
  readonly effect: string
  readonly advice: string
  readonly proven: boolean
}

export const knownRegression = defineHostRule({
  id: 'kernel/known-regression',
  title: 'The kernel is in a range with a known regression',
  severity: 'info',
  sections: ['kernel'],
  optional: ['kernelLog'],
  docs: {
    what: 'The running kernel falls into a version range with a documented or reported fault that can disturb what serves a VIP. "6.8.0-57" is often blamed for ARP trouble: its documented fault is in netfilter (the ip6tables MARK target), and no effect on ARP has been shown.',
    why: 'On dual-stack clusters the netfilter fault keeps calico-node or kube-proxy from programming rules. Without IPv6 it usually does nothing.',
    confirm:
      '`uname -r`, `cat /proc/version_signature`, and in the log of kube-proxy or calico-node: `ip6tables-restore … unknown option "--set-mark"`.',
    falseAlarms:
      'Most hits: the range matches but the fault does not touch this cluster. It is information unless the log proves it.',
    references: [...REGRESSIONS.flatMap(({ references }) => references), 'metallb/metallb#2747'],
  },
  *checkHost({ kernel, kernelLog = [] }, host) {
    for (const regression of REGRESSIONS.filter(({ affects }) => affects(kernel.release))) {
      const proof = kernelLog.find((line) => regression.proof?.test(line))
      const { title, effect, advice } = regression
      yield {
        subject: nodeSubject(host),
        ...(proof
          ? certain('the kernel log of the host shows it')
          : possible('the release is in the range, but the kernel log does not show the fault')),
        severity: proof ? 'warning' : 'info',
        data: { node: host.name, release: kernel.release, title, effect, advice, proven: proof !== undefined },
        evidence: [
          commandEvidence(host, sh`uname -r`, kernel.release),
          ...(proof ? [commandEvidence(host, sh`dmesg`, proof)] : []),
        ],
      }
    }
  },
  message: ({ node, release, title, effect, proven }: Known) =>
    `${node} runs ${release}: ${title}; ${proven ? 'its log shows it' : effect}`,
  fixes: ({ node, advice, proven }: Known) => [
    {
      summary: proven
        ? `Boot another kernel on ${node}`
        : `Only if the log of kube-proxy or the CNI shows it: boot another kernel on ${node}`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'look',
          text: 'Look for the proof first',
          run: sh`kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=-1 | grep -E "set-mark|MARK"`,
        },
        { kind: 'restart', text: advice },
      ],
      sideEffects: ['An older kernel lacks later security fixes; the node must be drained and rebooted.'],
      verify: 'uname -r',
      undo: 'Boot the former kernel from the boot menu.',
    },
  ],
})
