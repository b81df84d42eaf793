import type { Ipv4 } from '../wire/ipv4.js'
import type { Mac } from '../wire/mac.js'

/** What the operator wants to know, and what is given rather than observed. */
export interface Question {
  /** The addresses in doubt. Empty when a whole capture is to be judged. */
  readonly vips: readonly Ipv4[]
  /** MACs the operator says should answer; empty when nobody said. */
  readonly expectedMacs: readonly Mac[]
  /** MACs and addresses of the machine that captures, for telling our own frames; empty for a file. */
  readonly own: { readonly macs: readonly Mac[]; readonly ips: readonly Ipv4[] }
  /** False for `--passive` and for captures without our probes: silence then proves little. */
  readonly probed: boolean
}
