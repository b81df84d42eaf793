import { type FileHandle, open } from 'node:fs/promises'
import { CannotLook } from '../known.js'
import { gunzip, looksLikeGzip } from './gunzip.js'
import type { FrameSource } from './source.js'

/** Large enough that the reads cost nothing, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 512 * 1024

/** A capture file (pcap, pcapng, or gzip of either, known by content), read ahead while the last chunk is being parsed. */
export function fileSource(path: string): FrameSource {
  let stopped = false
  return {
    source: { kind: 'file', name: path, engine: 'file' },
    bytes: (buffers = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)]) =>
      unpacked(readAhead(path, buffers, () => stopped)),
    stop: () => {
      stopped = true
    },
  }
}

/** A capture on standard input, for `tcpdump -w - | l2doctor scan --read -`. */
export function stdinSource(stdin: NodeJS.ReadStream): FrameSource {
  let stopped = false
  return {
    source: { kind: 'stdin', name: '-', engine: 'file' },
    bytes: () => unpacked(readStream(stdin, () => stopped)),
    stop: () => {
      stopped = true
      stdin.destroy()
    },
  }
}

/** Two buffers take turns: the next read runs in the thread pool while the caller works on the last one. */
async function* readAhead(
  path: string,
  buffers: readonly [Uint8Array, Uint8Array],
  stopped: () => boolean,
): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((cause) => fail(path, cause))
  let pending: Promise<number> = Promise.resolve(0)
  try {
    let [filling, spare] = buffers
    pending = readInto(file, filling, path)
    for (let length = await pending; length > 0 && !stopped(); length = await pending) {
      const full = filling
      ;[filling, spare] = [spare, filling]
      pending = readInto(file, filling, path)
      yield full.subarray(0, length)
    }
  } finally {
    await pending.catch(() => 0) // the handle must not be closed under a read; its error was thrown above
    await file.close()
  }
}

/** A failure waits for whoever awaits the read; until then it is no unhandled rejection. */
function readInto(file: FileHandle, buffer: Uint8Array, path: string): Promise<number> {
  const reading = file.read(buffer, 0, buffer.length, null).then(
    ({ bytesRead }) => bytesRead,
    (cause) => fail(path, cause),
  )
  reading.catch(() => 0)
  return reading
}

async function* readStream(stdin: NodeJS.ReadStream, stopped: () => boolean): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stdin) yield chunk as Buffer
  } catch (cause) {
    if (!stopped()) fail('standard input', cause)
  }
}

/** Gzip is known by its first two bytes, never by the name of the file. */
async function* unpacked(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    let start: Uint8Array = new Uint8Array()
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      start = start.length === 0 ? next.value : Buffer.concat([start, next.value])
      if (start.length >= 2) break
      start = start.slice()
    }
    const all = resume(start, chunks)
    yield* looksLikeGzip(start) ? gunzip(all) : all
  } finally {
    await chunks.return(undefined)
  }
}

async function* resume(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

const REASONS: Record<string, readonly [reason: string, hint: string]> = {
  ENOENT: ['no such file', 'check the path'],
  EACCES: ['permission denied', 'make it readable for this user, or run as the user who wrote it'],
  EISDIR: ['it is a directory', 'name one capture file in it'],
}

function fail(subject: string, cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause)
  const [reason, hint] = REASONS[(cause as NodeJS.ErrnoException)?.code ?? ''] ?? [
    message,
    'copy the capture anew and retry',
  ]
  throw new CannotLook({ subject, reason: `cannot read it: ${reason}`, hint }, { cause })
}
