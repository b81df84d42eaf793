/** Something that could not be looked at: whose, why, and what the operator can do about it. */
export interface Gap {
  /** What stayed unseen, e.g. `node-a: ip -j route` or `leases.coordination.k8s.io`. */
  readonly subject: string
  readonly reason: string
  /** The next step that would close the gap; empty when there is none. */
  readonly hint: string
}

/** A value together with where it came from, or the reason why it is missing. Never `undefined`. */
export type Known<T> =
  | { readonly known: true; readonly value: T; readonly from: string }
  | { readonly known: false; readonly gap: Gap }

export function known<T>(value: T, from: string): Known<T> {
  return { known: true, value, from }
}

export function unknown<T = never>(subject: string, reason: string, hint = ''): Known<T> {
  return { known: false, gap: { subject, reason, hint } }
}

/** Applies `f` to a known value and passes a gap on. */
export function mapKnown<T, U>(given: Known<T>, f: (value: T) => U): Known<U> {
  return given.known ? known(f(given.value), given.from) : given
}

/** The value, or `otherwise` where it is unknown: for callers that report the gap elsewhere. */
export function valueOr<T, U>(given: Known<T>, otherwise: U): T | U {
  return given.known ? given.value : otherwise
}

/** Thrown by an adapter that could not look at all; a workflow turns it into a gap and exit code 3. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook'
  readonly gap: Gap
  constructor(gap: Gap, options?: ErrorOptions) {
    super(`${gap.subject}: ${gap.reason}`, options)
    this.gap = gap
  }
}
