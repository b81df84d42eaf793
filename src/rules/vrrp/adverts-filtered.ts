import type { VrrpFilter } from '../../node/model.js'
import { type Confidence, likely, possible } from '../certainty.js'
import type { Severity } from '../define.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, shownLines } from '../host-parts.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'
import { chainsWords, compareSources, dropping, droppingSome, letAdvertsIn } from './adverts-in.js'

interface Filtered {
  readonly node: string
  /** Chains that drop protocol 112, by a rule or by their policy. */
  readonly chains: readonly string[]
  readonly byPolicy: boolean
  /** The rules name sources: whether a peer is among them is not known. */
  readonly bySource: boolean
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
      'An earlier rule may accept the adverts, for example all that comes from the peer or from the interface. Unicast peers may be accepted by their address. A rule for another interface than those of the instances is not reported, and one that names sources is only a note or a warning.',
    references: ['RFC 9568 section 5.1.1', 'nft(8)', 'acassen/keepalived#893'],
  },
  *checkHost({ keepalived }, host) {
    if (!keepalived?.running || keepalived.instances.length === 0 || !keepalived.filters) return
    const { instances, filters } = keepalived
    const drops = dropping(keepalived)
    const some = droppingSome(keepalived)
    const accepts = filters.some(({ does }) => does === 'accepts')
    const policies = accepts ? [] : filters.filter(isInput)
    const found = [drops, some, policies].find((rules) => rules.length > 0)
    if (found === undefined) return
    yield {
      subject: nodeSubject(host),
      ...(found === drops ? weighDrops(accepts) : found === some ? weighSome(some) : BY_POLICY),
      data: {
        node: host.name,
        chains: chainsWords(found),
        byPolicy: found === policies,
        bySource: found === some,
        vips: instances.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
      },
      evidence: [
        commandEvidence(host, sh`nft list ruleset; iptables-save -t filter`, shownLines(found.map(({ text }) => text))),
      ],
    }
  },
  message: ({ node, chains, byPolicy, bySource }: Filtered) =>
    byPolicy
      ? `${node}: ${chains.join(' and ')} drops what no rule accepts, and none names VRRP (protocol 112)`
      : `${node}: ${chains.join(' and ')} drops VRRP (protocol 112)${bySource ? ' of some sources' : ''}`,
  fixes: ({ node, chains, byPolicy, bySource }: Filtered) => [
    bySource ? compareSources(node) : letAdvertsIn(node, chains, byPolicy),
  ],
})

function isInput({ does, chain, text }: VrrpFilter): boolean {
  return does === 'drops-all-else' && (/hook input/.test(text) || chain === 'INPUT')
}

type Weighed = Confidence & { readonly severity: Severity }

const BY_POLICY: Weighed = {
  severity: 'info',
  ...possible('a rule that does not name the protocol may accept the adverts'),
}

function weighDrops(accepts: boolean): Weighed {
  return accepts
    ? { severity: 'warning', ...possible('another rule accepts them, and the order was not followed') }
    : { severity: 'error', ...likely('the rule was read on the host; what comes before it was not followed') }
}

/** A rule for all but some sources is there to let the peers in. */
function weighSome(rules: readonly VrrpFilter[]): Weighed {
  const spares = rules.every(({ text }) => /! -s |saddr !=/.test(text))
  return { severity: spares ? 'info' : 'warning', ...possible('the rules name sources, which need not be the peers') }
}
