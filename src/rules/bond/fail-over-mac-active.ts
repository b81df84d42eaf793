import { possible } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const failOverMacActive = defineHostRule({
  id: 'bond/fail-over-mac-active',
  title: 'The MAC of a bond changes at failover and the VIP is not announced again',
  severity: 'warning',
  sections: ['links'],
  optional: ['bonding'],
  explains: ['wire/no-answer', 'wire/flip-flop', 'wire/conflicting-claims', 'wire/unexpected-responder'],
  docs: {
    what: 'An active-backup bond with fail_over_mac=active takes the MAC of whichever member is active.',
    why: 'After a failover the driver announces only addresses of the bond itself. A VIP that MetalLB answers for in user space is not among them, and MetalLB keeps the MAC it read at start: clients keep a MAC that no longer exists. This follows from the code; no public report shows it.',
    confirm: 'The MAC that answers for the VIP is that of the passive member (`cat /proc/net/bonding/BOND`).',
    falseAlarms: 'As long as no failover happened, nothing is wrong. With fail_over_mac none or follow the MAC stays.',
    references: [
      'Documentation/networking/bonding.rst fail_over_mac',
      'metallb/metallb internal/layer2/arp.go newARPResponder',
    ],
  },
  *checkHost({ links, bonding = [] }, host) {
    const named = links
      .filter(({ bond }) => bond?.mode === 'active-backup' && bond.failOverMac === 'active')
      .map(({ name }) => name)
    const driver = bonding.filter(({ mode }) => mode.includes('fail_over_mac active')).map(({ bond }) => bond)
    for (const bond of new Set([...named, ...driver])) {
      yield {
        subject: interfaceSubject(host, bond),
        ...possible('the setting was read on the host; what the announcer does after a failover of the bond was not'),
        data: { node: host.name, bond },
        evidence: [
          commandEvidence(
            host,
            sh`grep Mode /proc/net/bonding/${bond}`,
            'fault-tolerance (active-backup) (fail_over_mac active)',
          ),
        ],
      }
    }
  },
  message: ({ node, bond }) =>
    `${node}: ${bond} changes its MAC at failover (fail_over_mac=active); a VIP announced before keeps the old one`,
  fixes: ({ node, bond }) => [
    {
      summary: `Keep one MAC on ${bond} of ${node}`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'persistent',
          text: 'fail_over_mac none or follow (it can change only while the bond has no members: apply at a reboot)',
        },
        {
          kind: 'look',
          text: 'Which pod announces from there? After a failover in the meantime delete it: it is started again, with the MAC of now',
          run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep -E 'speaker|kube-vip|cilium|openelb|lbnodeagent'`,
        },
      ],
      sideEffects: ['Some NICs cannot take a foreign MAC; for them "active" was chosen on purpose.'],
      verify: sh`grep Mode /proc/net/bonding/${bond}`,
      undo: 'Set fail_over_mac=active again.',
    },
  ],
})
