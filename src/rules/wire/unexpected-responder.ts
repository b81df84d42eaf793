import type { AddressFacts, ClaimFacts } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule } from '../define.js'
import { addressSubject, claimEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { type Expectation, expectationFor } from './expectation.js'
import { dropStaleAddress, findMachines } from './next-steps.js'

interface Unexpected extends Where {
  /** Those that claim the address and should not. */
  readonly macs: readonly string[]
  readonly expectedMacs: readonly string[]
  readonly expectedFrom: string
}

export const unexpectedResponder = defineRule({
  id: 'wire/unexpected-responder',
  title: 'A machine that should not answers for the address',
  severity: 'error',
  needs: ['wire', 'question'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop'],
  docs: {
    what: 'A MAC that is not among those expected for the address claims it, by answers or by announcements.',
    why: 'Traffic goes to a machine that does not serve the address, or that serves it although another was elected.',
    confirm: '`arping -b -I IFACE -c 5 VIP` (iputils), and compare the MACs with those expected.',
    falseAlarms:
      'The expectation may be out of date: a replaced network card, a failover to another allowed node. The seconds of a takeover show the old owner too.',
    references: ['RFC 5227 section 2.4', 'metallb/metallb#2641', 'metallb/metallb#519'],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses) {
      const expectation = expectationFor(address.ip, question)
      if (!expectation) continue
      const claims = address.claims.filter(
        ({ mac }) => !expectation.macs.includes(mac) && !question.own.macs.includes(mac),
      )
      if (claims.length === 0) continue
      yield {
        subject: addressSubject(address),
        data: describe(address, claims, expectation),
        evidence: claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, expectedMacs, expectedFrom, ...at }) =>
    `${listed(macs.map(namedMac))} claims ${place(at)}; expected ${listed(expectedMacs)} (${expectedFrom})`,
  fixes: ({ ip, macs }) => [findMachines(ip, macs), dropStaleAddress(ip)],
})

function describe(address: AddressFacts, claims: readonly ClaimFacts[], { macs, from }: Expectation): Unexpected {
  return {
    ...where(address),
    macs: claims.map(({ mac }) => formatMac(mac)),
    expectedMacs: macs.map(formatMac),
    expectedFrom: from,
  }
}
