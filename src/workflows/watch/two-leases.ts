import type { LeaseOptions, SegmentLease, Standing } from '../../cluster/segment-lease.js'
import { formatIp, type Ip, parseIp } from '../../wire/ip.js'
import type { Candidate } from './asker.js'

/** More than this are not handed over: a Lease is written every few seconds. */
const MOST_LEFT = 1000

/** What is special to one of the two. */
type Making = Omit<LeaseOptions, 'connect' | 'namespace' | 'identity' | 'durationS' | 'everyMs' | 'clock'>

/**
 * Who asks on a segment. The holder of the first Lease asks, and notes there what it cannot judge itself: what its own machine holds or
 * announces, of which it hears no answer. Another holds the second Lease, and asks for that alone.
 */
export async function electByTwoLeases(
  name: string,
  { told, unjudged, left }: Candidate,
  lease: (making: Making) => Pick<SegmentLease, 'run'>,
  signal: AbortSignal,
): Promise<void> {
  let [first, second, last] = [null as Standing | null, null as Standing | null, '']
  const tell = () => {
    if (first === null) return
    const now = first.is === 'follower' && second?.is === 'holder' ? ({ is: 'second', of: first.of } as const) : first
    if (now.is !== last) told(now)
    last = now.is
  }
  const both = [
    lease({
      name,
      told: (standing) => {
        first = standing
        tell()
      },
      note: () => written(unjudged()),
      noted: (text) => left(read(text)),
    }),
    lease({
      name: `${name}-second`,
      told: (standing) => {
        second = standing
        tell()
      },
      wants: () => first?.is === 'follower',
    }),
  ]
  await Promise.all(both.map((one) => one.run(signal)))
}

function written(ips: readonly Ip[]): string | null {
  return ips.length === 0 ? null : ips.slice(0, MOST_LEFT).map(formatIp).join(',')
}

function read(text: string): Ip[] {
  return text
    .split(',', MOST_LEFT)
    .map(parseIp)
    .filter((ip) => ip !== null)
}
