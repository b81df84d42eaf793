import type { Question } from '../../facts/question.js'
import type { Ipv4 } from '../../wire/ipv4.js'
import type { Mac } from '../../wire/mac.js'

/** Which MACs may answer for an address, and who says so. */
export interface Expectation {
  readonly macs: readonly Mac[]
  readonly from: string
}

/** Null where nobody said who should answer. One set of MACs holds for all addresses asked for. */
export function expectationFor(ip: Ipv4, { expectedMacs, vips }: Question): Expectation | null {
  return expectedMacs.length > 0 && vips.includes(ip) ? { macs: expectedMacs, from: '--expect-mac' } : null
}
