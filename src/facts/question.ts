import type { OwnNeighbour } from '../probe/own-neighbour.js'
import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** What the operator wants to know, and what is given rather than observed. */
export interface Question {
  /** The addresses in doubt. Empty when a whole capture is to be judged. */
  readonly vips: readonly Ip[]
  /** MACs the operator says should answer; empty when nobody said. */
  readonly expectedMacs: readonly Mac[]
  /** MACs and addresses of the machine that captures, for telling our own frames; empty for a file. */
  readonly own: {
    readonly macs: readonly Mac[]
    readonly ips: readonly Ip[]
    /** What its neighbour table said of the addresses before it asked; absent: not read, as for a file. */
    readonly neighbours?: readonly OwnNeighbour[]
    /** The name of that machine; absent: the one that l2doctor runs on. */
    readonly at?: string
    /** Addresses that nothing puts on a segment of that machine, and that nobody there claimed: silence says nothing of them. */
    readonly elsewhere?: readonly Ip[]
    /**
     * Addresses that an agent of that machine should answer for and that no other machine claims, or that it was heard to answer for at
     * another place: it does not hear the requests of its own machine.
     */
    readonly announces?: readonly Ip[]
    /** Addresses that another machine of this segment asks for, and that machine does not. */
    readonly unasked?: readonly Ip[]
  }
  /** False for `--passive` and for captures without our probes: silence then proves little. */
  readonly probed: boolean
  /** Who asked and probed as a scan does, in a capture that was not made by this run; absent: nobody. */
  readonly probers?: readonly Mac[]
  /** Addresses that another machine asked for in vain, in a capture that shows what answers it gets; absent: none. */
  readonly unanswered?: readonly Ip[]
}

/** Whether it means something that nobody answers for an address. */
export function isSilenceTelling(
  { probed, unanswered, own }: Pick<Question, 'probed' | 'unanswered' | 'own'>,
  ip: Ip,
): boolean {
  return (
    (probed || unanswered?.includes(ip) === true) &&
    ![own.elsewhere, own.announces, own.unasked].some((ips) => ips?.includes(ip))
  )
}
