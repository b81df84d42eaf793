import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { isPipe, openPipe } from './pipe.js'

const MEBIBYTE = 1024 * 1024
/** What is read in one piece of its own. */
const SMALL_BYTES = 64 * 1024
/** From here on what follows may take longer than anybody waits who wants to end it. */
const LARGE_BYTES = 4 * MEBIBYTE

let underWay = 0
let prepare: () => Promise<void> = async () => {}

/** Whether an input is being read: until it is there, a run has nothing to report. */
export function isReadingInput(): boolean {
  return underWay > 0
}

/** Called once a large input was read, before anything is made of it. */
export function beforeLargeInput(call: () => Promise<void>): void {
  prepare = call
}

/** `readBounded` of what a run cannot begin without. */
export async function readInput(path: string, mostMebibytes: number): Promise<Buffer> {
  underWay += 1
  const bytes = await readBounded(path, mostMebibytes).finally(() => {
    underWay -= 1
  })
  if (bytes.length >= LARGE_BYTES) await prepare()
  return bytes
}

/**
 * The bytes of a file, of a pipe, or of standard input for `-`. A device that never ends is cut off like a file that is too large:
 * it throws.
 */
export async function readBounded(path: string, mostMebibytes: number): Promise<Buffer> {
  try {
    return await readAll(open(path), mostMebibytes)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw code === 'EISDIR' ? Object.assign(new Error('it is a folder', { cause }), { code }) : cause
  }
}

function open(path: string): Readable {
  if (path === '-') return process.stdin
  return isPipe(path) ? openPipe(path) : createReadStream(path, { highWaterMark: pieceFor(path) })
}

/** A buffer of this size is made for each piece, the empty last one too: of hundreds of small files that would be most of the work. */
function pieceFor(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return size < SMALL_BYTES ? SMALL_BYTES : MEBIBYTE
}

async function readAll(input: Readable, mostMebibytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let left = mostMebibytes * MEBIBYTE
  for await (const piece of input) {
    const bytes: Buffer = typeof piece === 'string' ? Buffer.from(piece) : piece
    left -= bytes.length
    if (left < 0) throw new Error(`it is larger than ${mostMebibytes} MiB`)
    pieces.push(bytes)
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
}
