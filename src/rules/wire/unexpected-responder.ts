import type { Attribution } from '../../facts/attribution.js'
import type { AddressFacts, ClaimFacts } from '../../observe/model.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type FixStep } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { type Expectation, expectationFor } from './expectation.js'
import { askNodes, findMachines, leaveOneOwner } from './next-steps.js'
import { isOrderly } from './takeover.js'

interface Unexpected extends Where {
  /** Those that claim the address and should not. */
  readonly macs: readonly string[]
  /** The node of each of `macs`, in the same order; null where nobody knows it. */
  readonly nodes: readonly (string | null)[]
  /** MACs or nodes. */
  readonly expected: readonly string[]
  readonly expectedFrom: string
}

export const unexpectedResponder = defineRule({
  id: 'wire/unexpected-responder',
  title: 'The wrong machine answers for the address',
  severity: 'error',
  needs: ['wire', 'question', 'expected', 'attribution'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop'],
  symptom: 'claim',
  docs: {
    what: 'A MAC claims the address, by answers or by announcements, that is not among those expected (--expect-mac), or is the MAC of another node than the one that the announcer gave it to.',
    why: 'Traffic goes to a machine that does not serve the address, or that serves it although another was elected.',
    confirm: '`arping -b -I IFACE -c 5 VIP` (iputils), and compare the MACs with those expected.',
    falseAlarms:
      'The expectation may be out of date: a replaced network card, a failover to another allowed node. The seconds of a takeover show the old owner too.',
    references: ['RFC 5227 section 2.4', 'metallb/metallb#2641', 'metallb/metallb#519'],
  },
  *check({ wire, ...facts }) {
    for (const address of wire.addresses) {
      const expectation = expectationFor(address.ip, facts)
      if (!expectation) continue
      const { own } = facts.question
      const claims = address.claims.filter(({ mac }) => expectation.excludes(mac) && !own.macs.includes(mac))
      if (claims.length === 0) continue
      // what the cluster says was read before the address moved
      if (!expectation.fixed && address.changes > 0 && isOrderly(address, wire)) {
        yield { unjudged: place(where(address)), because: 'it moved while we looked, announced; look again' }
        continue
      }
      yield {
        subject: addressSubject(address),
        ...weigh(expectation),
        data: describe(address, claims, expectation, facts.attribution),
        evidence: claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, nodes, expected, expectedFrom, ...at }) =>
    `${listed(macs.map((mac, index) => withNode(mac, nodes[index] ?? null)))} ${macs.length === 1 ? 'claims' : 'claim'} ${place(at)}; expected ${listed(expected)} (${expectedFrom})`,
  fixes: ({ ip, macs, nodes }) => [askNodes(ip, nodes, whoShould(ip)) ?? findMachines(ip, macs), leaveOneOwner(ip)],
})

function whoShould(ip: string): FixStep {
  return { kind: 'look', text: 'Who should answer, and what each source says of it', run: sh`l2doctor who ${ip}` }
}

function describe(
  address: AddressFacts,
  claims: readonly ClaimFacts[],
  { who, from }: Expectation,
  attribution: Attribution,
): Unexpected {
  return {
    ...where(address),
    macs: claims.map(({ mac }) => formatMac(mac)),
    nodes: claims.map(({ mac }) => nodeOf(mac, attribution)),
    expected: who,
    expectedFrom: from,
  }
}

function nodeOf(mac: Mac, attribution: Attribution): string | null {
  const owners = attribution.ownersOf(mac)
  return owners.length > 0 ? owners.map(({ node }) => node).join(' or ') : null
}

function withNode(mac: string, node: string | null): string {
  return node === null ? namedMac(mac) : `${node} (${mac})`
}

function weigh({ fixed }: Expectation): Confidence {
  return fixed
    ? certain('you named the MACs that may answer')
    : likely('the node with this MAC is known, but the objects may be older than the last failover')
}
