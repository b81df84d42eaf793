import type { Host } from '../../node/model.js'
import { defineRule, type Evidence } from '../define.js'
import { commandEvidence, vipTexts } from '../host-parts.js'
import { sh } from '../shell.js'

interface Holder {
  readonly node: string
  readonly interface: string
  readonly prefix: number
}

export const boundOnHost = defineRule({
  id: 'vip/bound-on-host',
  title: 'Hosts whose kernel holds the VIP',
  severity: 'info',
  needs: ['question', 'hosts'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/unexpected-responder', 'wire/flip-flop'],
  docs: {
    what: 'The VIP is configured as an address on one or more hosts. kube-vip, keepalived, PureLB and hands do that; MetalLB and Cilium never do.',
    why: 'Every kernel that holds the address answers for it. Two holders on the segment are two responders: a VIP left behind on an old leader, a split keepalived pair, or a second announcer.',
    confirm: '`ip -brief address show to VIP/32` on each host.',
    falseAlarms:
      'kube-ipvs0 carries every VIP on every node by design (see sysctl/arp-ignore) and is not counted. For a moment during a failover two holders are normal.',
    references: [
      'net/ipv4/arp.c arp_process',
      'kube-vip/kube-vip#996',
      'kube-vip/kube-vip#1318',
      'metallb/metallb#2641',
    ],
  },
  *check({ question, hosts }) {
    for (const host of hosts) {
      const { links, addresses } = host.sections
      for (const gap of [links, addresses]) {
        if (host.reached && !gap.known) yield { unjudged: host.name, because: `${gap.gap.subject}: ${gap.gap.reason}` }
      }
    }
    for (const vip of vipTexts(question.vips)) {
      const holders = hosts.flatMap((host) => holdersOn(host, vip))
      if (holders.length === 0) continue
      const nodes = new Set(holders.map(({ node }) => node))
      yield {
        subject: { kind: 'ip', id: vip },
        severity: nodes.size > 1 ? 'error' : 'info',
        data: { vip, holders, several: nodes.size > 1 },
        evidence: holders.map((holder) => evidenceOf(holder, vip)),
      }
    }
  },
  message: ({ vip, holders, several }) =>
    `${vip} is bound on ${holders.map(({ node, interface: name }) => `${node} (${name})`).join(' and ')}${several ? ': each of them answers for it' : ''}`,
  fixes: ({ vip, holders, several }) =>
    several
      ? holders.map(({ node, interface: name, prefix }) => ({
          summary: `If ${node} should not hold ${vip}: take it off`,
          risk: 'disruptive' as const,
          where: 'node' as const,
          node,
          steps: [
            {
              kind: 'runtime' as const,
              text: 'Who should hold it? The lease of kube-vip or the VRRP master says',
              run: sh`kubectl get leases -A | grep -E "plndr|kubevip"; journalctl -u keepalived -n 20`,
            },
            {
              kind: 'runtime' as const,
              text: 'Only on a host that should not: remove it',
              run: sh`ip address del ${vip}/${prefix} dev ${name}`,
            },
            {
              kind: 'persistent' as const,
              text: 'Restart the announcer there so that it does not put it back; a static configuration has to go',
            },
          ],
          sideEffects: ['If it was the rightful holder, the VIP is down until its announcer adds it again.'],
          verify: sh`l2doctor scan --vip ${vip}`,
          undo: sh`ip address add ${vip}/${prefix} dev ${name}`,
        }))
      : [],
})

function holdersOn(host: Host, vip: string): Holder[] {
  const { links, addresses } = host.sections
  if (!links.known || !addresses.known) return []
  const ipvs = new Set(links.value.filter(({ role }) => role === 'ipvs').map(({ name }) => name))
  return addresses.value
    .filter((held) => held.ip === vip && !ipvs.has(held.interface))
    .map((held) => ({ node: host.name, interface: held.interface, prefix: held.prefix }))
}

function evidenceOf({ node, interface: name, prefix }: Holder, vip: string): Evidence {
  return commandEvidence(
    { name: node, address: node },
    sh`ip -brief address show to ${vip}/32`,
    `${name} ${vip}/${prefix}`,
  )
}
