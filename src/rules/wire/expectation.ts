import type { Attribution } from '../../facts/attribution.js'
import type { ExpectedAnswers } from '../../facts/expected.js'
import type { Question } from '../../facts/question.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'

/** Who may answer for an address, and who says so. */
export interface Expectation {
  /** MACs by the operator's word, or nodes by the announcers' objects. */
  readonly who: readonly string[]
  readonly from: string
  /** The operator's word holds throughout; the cluster's may change with a failover. */
  readonly fixed: boolean
  /** Whether this MAC certainly is none of them; a MAC that nobody can place is not. */
  excludes(mac: Mac): boolean
}

export interface ExpectationFacts {
  readonly question: Question
  readonly expected: ExpectedAnswers
  readonly attribution: Attribution
}

/** Null where nobody said who should answer. The operator's MACs hold for all addresses asked for, before all else. */
export function expectationFor(ip: Ip, { question, expected, attribution }: ExpectationFacts): Expectation | null {
  const { expectedMacs, vips } = question
  if (expectedMacs.length > 0 && vips.includes(ip)) {
    return {
      who: expectedMacs.map(formatMac),
      from: '--expect-mac',
      fixed: true,
      excludes: (mac) => !expectedMacs.includes(mac),
    }
  }
  const nodes = expected.get(formatIp(ip))?.nodes ?? []
  const [first] = nodes
  if (!first) return null
  const who = nodes.map(({ node }) => node)
  return {
    who,
    from: `${first.announcer} ${first.from}`,
    fixed: false,
    excludes: (mac) => {
      const owners = attribution.ownersOf(mac)
      return owners.length > 0 && !owners.some(({ node }) => who.includes(node))
    },
  }
}
