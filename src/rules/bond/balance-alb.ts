import { likely } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const balanceAlb = defineHostRule({
  id: 'bond/balance-alb',
  title: 'A bond in balance-alb answers different clients with different MACs',
  severity: 'error',
  sections: ['links'],
  optional: ['bonding'],
  family: 4,
  explains: ['wire/flip-flop', 'wire/conflicting-claims', 'wire/duplicate-responders', 'wire/ethernet-mismatch'],
  docs: {
    what: 'Bonding mode 6 (balance-alb, "adaptive load balancing") rewrites the sender MAC of ARP replies, per client, to that of one of its members, and sometimes sends replies without a request.',
    why: 'One node shows several MACs for one VIP. Switches and clients disagree, and after a member fails some keep a dead MAC.',
    confirm:
      '`grep Mode /proc/net/bonding/*`; the MACs that answer are those of the members (`ip -d link show master BOND`).',
    falseAlarms:
      'Mode 5 (balance-tlb) does not rewrite ARP and is not judged. On a node that announces nothing it harms less.',
    references: [
      'drivers/net/bonding/bond_alb.c rlb_arp_xmit',
      'Documentation/networking/bonding.rst balance-alb',
      'metallb/metallb#2809',
    ],
  },
  *checkHost({ links, bonding = [] }, host) {
    const named = links
      .filter(({ bond, facesSegment }) => facesSegment && bond?.mode === 'balance-alb')
      .map(({ name }) => name)
    const driver = bonding.filter(({ mode }) => mode.includes('adaptive load balancing')).map(({ bond }) => bond)
    for (const bond of new Set([...named, ...driver])) {
      yield {
        subject: interfaceSubject(host, bond),
        ...likely('the host reports the mode; which MAC each client was given is not shown by it'),
        data: { node: host.name, bond },
        evidence: [
          commandEvidence(host, sh`grep Mode /proc/net/bonding/${bond}`, 'Bonding Mode: adaptive load balancing'),
        ],
      }
    }
  },
  message: ({ node, bond }) =>
    `${node}: ${bond} is in balance-alb, which answers ARP with a different member's MAC for each client`,
  fixes: ({ node, bond }) => [
    {
      summary: `Put ${bond} of ${node} into active-backup or 802.3ad`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'persistent',
          text: 'Change the mode in the network configuration (netplan parameters.mode, NetworkManager bond.options, BondMode=, bond-mode); 802.3ad needs LACP on the switch',
        },
        { kind: 'restart', text: 'Drain the node, apply, and reboot: the mode cannot change while the bond is up' },
      ],
      sideEffects: ['active-backup uses one member at a time; the network is down while the bond is rebuilt.'],
      verify: sh`grep Mode /proc/net/bonding/${bond}`,
      undo: 'Set the former mode again.',
    },
  ],
})
