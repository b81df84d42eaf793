import { existsSync } from 'node:fs'
import { readInput } from '../bounded-file.js'
import type { HistoryFacts } from '../facts/history.js'
import type { PastSegments } from '../facts/past-segments.js'
import { CannotWrite } from '../files/cannot-write.js'
import type { Gap } from '../known.js'
import type { ReadHistory } from '../watch/history-line.js'
import type { History, HistoryTold } from '../workflows/watch/history.js'
import { UsageError } from './exit-codes.js'

/** The file is put aside as FILE.1 once it is larger, bytes. */
const MOST_BYTES = 16 * 1024 * 1024
/** What is read: what stands of thousands of addresses comes on top. */
const MOST_MEBIBYTES = 64
/** What redacting may take: the largest history that is read takes a minute or two, ms. */
const MOST_REDACTING_MS = 600_000
/** A disk that was full is tried again after so long, ms. */
const RETRY_MS = 10_000

export interface GivenHistory {
  /** Null where nothing was written yet. */
  readonly facts: HistoryFacts | null
  readonly segments: PastSegments
  /** Lines that could not be read. */
  readonly gaps: readonly Gap[]
}

/** What `watch --history FILE` wrote, FILE.1 before FILE, as far as it concerns these addresses. Throws UsageError. */
export async function readHistory(file: string, ips: readonly string[]): Promise<GivenHistory> {
  const { historyFacts } = await import('../workflows/history-facts.js')
  const { pastSegments } = await import('../workflows/past-segments.js')
  const parts = await readParts(file)
  const lines = parts.flatMap(({ read }) => read.lines)
  return {
    facts: historyFacts(lines, ips),
    segments: pastSegments(lines),
    gaps: parts.flatMap(({ file: name, read }) => gapsOf(name, read)),
  }
}

/** Goes on with what an earlier watch wrote to FILE, or begins it; a stream cannot be gone on with. Throws UsageError. */
export async function openHistory(file: string, version: string, told: HistoryTold): Promise<History> {
  if (file === '-')
    throw new UsageError(
      '--history - would be a file named "-": a history is read again; name a file, or use --log json',
    )
  const { openAppended } = await import('../files/appended-file.js')
  const { History: Writer } = await import('../workflows/watch/history.js')
  const store = await openAppended(file).catch((error: unknown) => {
    throw error instanceof CannotWrite ? new UsageError(error.message, { cause: error }) : error
  })
  try {
    const { lines: earlier } = await readLines(file)
    const writtenBy = `l2doctor ${version}`
    const options = { earlier, writtenBy, now: () => new Date(), mostBytes: MOST_BYTES, retryMs: RETRY_MS, told }
    return new Writer(store, options)
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * The same lines under pseudonyms, as the text of one history. Throws UsageError, and CannotLook where a true name or address would stay
 * in it or it was interrupted.
 */
export async function redactedHistory(
  file: string,
  interrupted: AbortSignal,
  note: (text: string) => void,
): Promise<string> {
  const [{ redactingHistory }, { formatLine }, { WorkBudget }, { randomBytes }] = await Promise.all([
    import('../workflows/redact-history.js'),
    import('../watch/history-line.js'),
    import('../work-budget.js'),
    import('node:crypto'),
  ])
  const parts = await readParts(file)
  for (const { subject, reason, hint } of parts.flatMap(({ file: name, read }) => gapsOf(name, read)))
    note(`${subject}: ${reason}; ${hint}`)
  const lines = parts.flatMap(({ read }) => read.lines)
  const written = await new WorkBudget(interrupted, MOST_REDACTING_MS).run(
    redactingHistory(lines, () => randomBytes(32)),
  )
  return written.map(formatLine).join('')
}

interface Part {
  readonly file: string
  readonly read: ReadHistory
}

/** FILE.1 before FILE. */
async function readParts(file: string): Promise<Part[]> {
  const files = [...(existsSync(`${file}.1`) ? [`${file}.1`] : []), file]
  const parts: Part[] = []
  for (const one of files) parts.push({ file: one, read: await readLines(one) })
  return parts
}

async function readLines(file: string): Promise<ReadHistory> {
  const { parseHistory } = await import('../watch/history-line.js')
  const read = parseHistory(await textOf(file))
  if (read !== null) return read
  throw new UsageError(`${file} is no history that watch --history wrote; name another file or remove it`)
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readInput(file, MOST_MEBIBYTES)).toString()
  } catch (cause) {
    throw new UsageError(`cannot read the history ${file}: ${(cause as Error).message}`, { cause })
  }
}

function gapsOf(subject: string, { unread, isTorn }: ReadHistory): Gap[] {
  const hint = 'the rest is taken as it is'
  return [
    ...(unread > 0
      ? [{ subject, reason: `${unread} ${unread === 1 ? 'line' : 'lines'} could not be read`, hint }]
      : []),
    ...(isTorn ? [{ subject, reason: 'the last line was cut off, and is left out', hint }] : []),
  ]
}
