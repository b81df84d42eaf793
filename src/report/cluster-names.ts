import type { Attribution } from '../facts/attribution.js'
import type { ExpectedAnswer, ExpectedAnswers } from '../facts/expected.js'
import { type AddressLine, type Names, NO_NAMES, servicesOf } from './addresses.js'
import type { ReportedAddress } from './report.js'

/** Names from the cluster and from attribution; `base` answers what they cannot. */
export function clusterNames(expected: ExpectedAnswers, attribution: Attribution, base: Names = NO_NAMES): Names {
  return {
    vendor: base.vendor,
    owner: (mac) => {
      const owners = attribution.ownersOf(mac)
      const [first] = owners
      if (!first) return base.owner(mac)
      // a MAC on several machines names none of them alone
      const node = owners.map((owner) => owner.node).join(' or ')
      return { node, interface: owners.length === 1 ? first.interface : null, via: first.via }
    },
    services: (ip) => expected.get(ip)?.services ?? base.services(ip),
    expected: (ip) => expectedText(expected.get(ip)) ?? base.expected(ip),
    byBgp: (ip) => expected.get(ip)?.byBgp ?? base.byBgp(ip),
    lookFrom: base.lookFrom,
    isExpected: (ip, mac) => isExpected(expected.get(ip), mac, attribution) ?? base.isExpected(ip, mac),
  }
}

/** Null where no announcer counts the address its own; a node of null where one does but names nobody. */
function expectedText(answer: ExpectedAnswer | undefined): ReportedAddress['expected'] {
  if (!answer || answer.announcers.length === 0) return null
  const [first] = answer.nodes
  return first
    ? { node: first.node, from: `${first.announcer} ${first.from}` }
    : { node: null, from: answer.announcers.join(', ') }
}

function isExpected(answer: ExpectedAnswer | undefined, mac: number, attribution: Attribution): boolean | null {
  const owners = attribution.ownersOf(mac)
  const [first] = answer?.nodes ?? []
  if (!first) return null
  if (owners.some(({ node }) => node === first.node)) return true
  // of a MAC that nobody named nothing can be said: the expected node may have it
  return owners.length > 0 ? false : null
}

/** Addresses that no wire was looked at for: each with its Service and the node that should answer. */
export function addressesOf(
  ips: readonly string[],
  names: Names,
  judged: Pick<AddressLine, 'asked' | 'doubt'>,
): AddressLine[] {
  return ips.map((ip) => ({
    ip,
    vlans: [],
    rounds: 0,
    answeredRounds: 0,
    ...servicesOf(ip, names),
    expected: names.expected(ip),
    claims: [],
    timeline: [],
    ownEntry: null,
    missedResponderBound: null,
    ...judged,
  }))
}
