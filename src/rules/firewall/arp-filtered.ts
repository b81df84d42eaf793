import type { ArpFilter } from '../../node/model.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, nodeSubject, vipTexts } from '../host-parts.js'
import { type ShellCommand, sh } from '../shell.js'

export const arpFiltered = defineHostRule({
  id: 'firewall/arp-filtered',
  title: 'A firewall rule on a node drops ARP',
  severity: 'warning',
  sections: ['firewall'],
  explains: ['wire/no-answer', 'wire/intermittent-answer', 'wire/broadcast-not-answered'],
  docs: {
    what: 'nftables (families arp, bridge, netdev), arptables or ebtables on the node drop ARP packets.',
    why: "Requests for the VIP, or the answers, never pass. The kernel's own answers are hit by all of them; MetalLB reads before the arp input hook but bridge and netdev rules stop it too.",
    confirm:
      '`nft list ruleset`, `arptables -L -n -v`, `ebtables -L --Lc`: the counters of the rule rise while a client asks.',
    falseAlarms:
      "Rules against spoofing of other addresses, or on interfaces of virtual machines. keepalived's and IPVS guides use arptables on real servers on purpose.",
    references: ['nft(8) address families', 'arptables-nft(8)', 'ebtables-nft(8)'],
  },
  *checkHost({ firewall }, host, question) {
    const dropping = firewall.filter(({ drops }) => drops)
    if (dropping.length === 0) return
    const vips = vipTexts(question.vips)
    const hit = dropping.filter((rule) => rule.text.startsWith('policy') || vips.some((vip) => mentions(rule, vip)))
    yield {
      subject: nodeSubject(host),
      severity: hit.length > 0 ? 'error' : 'warning',
      certainty: hit.length > 0 ? 'likely' : 'possible',
      data: {
        node: host.name,
        rules: (hit.length > 0 ? hit : dropping).slice(0, 5).map(describe),
        hitsVip: hit.length > 0,
      },
      evidence: (hit.length > 0 ? hit : dropping)
        .slice(0, 5)
        .map((rule) => commandEvidence(host, COMMANDS[rule.tool], describe(rule))),
    }
  },
  message: ({ node, rules, hitsVip }) =>
    `${node} drops ARP ${hitsVip ? 'that concerns the VIP' : 'by rule'}: ${rules.join('; ')}`,
  fixes: ({ node }) => [
    {
      summary: `Let ARP for the VIP through on ${node}`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        {
          kind: 'runtime',
          text: 'Find the rule and its counters',
          run: sh`nft -a list ruleset; arptables -L -n -v; ebtables -L --Lc`,
        },
        { kind: 'manual', text: 'Delete it, or put an accept for the VIP before it' },
        {
          kind: 'persistent',
          text: 'Change it where it is made: /etc/nftables.conf, firewalld, a CNI policy, a hypervisor filter',
        },
      ],
      sideEffects: ['A filter against spoofing protects less.'],
      verify: 'l2doctor scan --vip VIP',
      undo: 'Add the rule again as it was listed.',
    },
  ],
})

const COMMANDS: Record<ArpFilter['tool'], ShellCommand> = {
  nft: sh`nft list ruleset`,
  arptables: sh`arptables -L -n -v`,
  ebtables: sh`ebtables -L --Lc`,
}

function mentions({ text }: ArpFilter, vip: string): boolean {
  return text.split(/[^0-9.]+/).includes(vip)
}

function describe({ tool, table, chain, text }: ArpFilter): string {
  return `${tool} ${table} ${chain}: ${text}`
}
