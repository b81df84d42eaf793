import { CannotLook } from '../known.js'
import { sh } from '../shell.js'
import { EngineMissing } from './live.js'
import { type Ending, favour, type LiveChild } from './live-child.js'

/** A child that has not begun after this time hangs. cap's ring takes 1.7 s of it on a machine whose memory is cold. */
const START_MS = 5000

/**
 * Waits for the first bytes of a capture child, the pcap header, which it writes once it listens.
 * Throws what `explain` makes of a child that ended before, EngineMissing for one that hangs; the stream throws it for one
 * that ends unasked, or without its count of what the kernel dropped.
 */
export async function openStream(
  child: LiveChild,
  device: string,
  explain: (ending: Ending) => Error,
  { startMs = START_MS, look = LOOK(device), dropped }: Patience = {},
): Promise<() => AsyncGenerator<Uint8Array>> {
  favour(child)
  const first = await withinTime(child.stdout.next(), startMs)
  if (first === null) {
    child.stop()
    throw hangs(device, startMs)
  }
  if (first.done) throw explain(await child.ended)
  return async function* bytes() {
    yield first.value
    for (let next = await child.stdout.next(); !next.done; next = await child.stdout.next()) yield next.value
    const ending = await child.ended
    if (!child.stopped()) throw endedEarly(device, explain(ending), look)
    if (dropped?.(ending.stderr) === null) throw uncounted(device)
  }
}

interface Patience {
  /** How long it may take to begin, ms. */
  readonly startMs?: number
  /** What to look at when it ends before its time. */
  readonly look?: string
  /** Finds in stderr how many frames the kernel dropped; null: it is not there, and frames may be missing. */
  readonly dropped?: (stderr: string) => number | null
}

const LOOK = (device: string) => `check \`${sh`ip link show dev ${device}`}\``

/** Null when it takes too long. */
export async function withinTime<T>(waited: Promise<T>, startMs = START_MS): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, startMs, null)
  })
  return Promise.race([waited, over]).finally(() => clearTimeout(timer))
}

function hangs(device: string, startMs: number): EngineMissing {
  const reason = `the capture program did not start within ${startMs / 1000} s`
  return new EngineMissing(
    new CannotLook({ subject: `capture on ${device}`, reason, hint: 'take another with --engine' }),
  )
}

function uncounted(device: string): CannotLook {
  const reason = 'its program did not end in time: how many frames the kernel dropped is unknown'
  return new CannotLook({ subject: `capture on ${device}`, reason, hint: 'look again when less goes on' })
}

function endedEarly(device: string, cause: Error, hint: string): CannotLook {
  const reason = `it ended before its time: ${cause.message}; what came before is judged`
  return new CannotLook({ subject: `capture on ${device}`, reason, hint }, { cause })
}
