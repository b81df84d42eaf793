import type { VrrpFilter } from '../../node/model.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, shownLines } from '../host-parts.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'
import { chainsWords, dropping, letAdvertsIn } from './adverts-in.js'

interface Filtered {
  readonly node: string
  /** Chains that drop protocol 112, by a rule or by their policy. */
  readonly chains: readonly string[]
  readonly byPolicy: boolean
  readonly vips: readonly string[]
}

export const advertsFiltered = defineHostRule({
  id: 'vrrp/adverts-filtered',
  title: 'A packet filter of a host drops VRRP',
  severity: 'error',
  sections: ['links'],
  optional: ['keepalived'],
  explains: [
    'vrrp/two-masters',
    'vrrp/held-by-two',
    'vrrp/flapping',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'wire/intermittent-answer',
    'answers/unwanted-responder',
    'answers/unexplained-responder',
  ],
  docs: {
    what: 'A host that runs keepalived has a packet filter with a rule that drops protocol 112 or its multicast group, or a policy that drops what comes in and no rule that accepts VRRP.',
    why: 'The host does not hear the adverts of the master, becomes master as well, and both answer for the addresses. Nothing else on the host is disturbed.',
    confirm:
      '`nft list ruleset | grep -iE "vrrp|112"`; `tcpdump -n -i IFACE proto 112` shows adverts before the filter drops them.',
    falseAlarms:
      'An earlier rule may accept the adverts, for example all that comes from the peer or from the interface. Unicast peers may be accepted by their address.',
    references: ['RFC 9568 section 5.1.1', 'nft(8)', 'acassen/keepalived#893'],
  },
  *checkHost({ keepalived }, host) {
    const { instances = [], filters } = keepalived ?? {}
    if (instances.length === 0 || !filters) return
    const drops = dropping(filters)
    const accepts = filters.some(({ does }) => does === 'accepts')
    const policies = accepts ? [] : filters.filter(isInput)
    const found = drops.length > 0 ? drops : policies
    if (found.length === 0) return
    yield {
      subject: nodeSubject(host),
      ...weigh(drops, accepts),
      ...(drops.length === 0 ? { severity: 'info' as const } : accepts ? { severity: 'warning' as const } : {}),
      data: {
        node: host.name,
        chains: chainsWords(found),
        byPolicy: drops.length === 0,
        vips: instances.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
      },
      evidence: [
        commandEvidence(host, sh`nft list ruleset; iptables-save -t filter`, shownLines(found.map(({ text }) => text))),
      ],
    }
  },
  message: ({ node, chains, byPolicy }: Filtered) =>
    byPolicy
      ? `${node}: ${chains.join(' and ')} drops what no rule accepts, and none names VRRP (protocol 112)`
      : `${node}: ${chains.join(' and ')} drops VRRP (protocol 112)`,
  fixes: ({ node, chains, byPolicy }: Filtered) => [letAdvertsIn(node, chains, byPolicy)],
})

function isInput({ does, chain, text }: VrrpFilter): boolean {
  return does === 'drops-all-else' && (/hook input/.test(text) || chain === 'INPUT')
}

function weigh(drops: readonly VrrpFilter[], accepts: boolean): Confidence {
  if (drops.length === 0) return possible('a rule that does not name the protocol may accept the adverts')
  return accepts
    ? possible('another rule accepts them, and the order was not followed')
    : likely('the rule was read on the host; what comes before it was not followed')
}
