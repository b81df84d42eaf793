import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { CannotLook } from '../known.js'
import { isPipe, openPipe } from '../pipe.js'
import { gunzip, looksLikeGzip } from './gunzip.js'
import type { FrameSource } from './source.js'

/** Large enough that the reads cost nothing, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 512 * 1024

/** A capture file (pcap, pcapng, or gzip of either, known by content). */
export function fileSource(path: string): FrameSource {
  const over = new AbortController()
  const { signal } = over
  let position: { read: number; of: number } | null = null
  const noteRead = (read: number, of: number) => {
    position = { read, of }
  }
  return {
    position: () => position,
    source: { kind: 'file', name: path, engine: 'file' },
    bytes: (buffer = new Uint8Array(CHUNK_BYTES)) =>
      unpacked(isPipe(path) ? readPipe(path, signal) : readChunks(path, buffer, () => signal.aborted, noteRead)),
    stop: () => over.abort(),
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

/**
 * A regular file is read right here, and others have their turn after each chunk: what a thread of the pool has read lies in
 * another processor's cache, from where it comes slowly. A device may let us wait; that is left to the pool.
 */
async function* readChunks(
  path: string,
  buffer: Uint8Array,
  stopped: () => boolean,
  noteRead: (read: number, of: number) => void,
): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((cause) => fail(path, cause))
  try {
    const stat = await file.stat()
    const isRegular = stat.isFile()
    let read = 0
    for (;;) {
      const length = isRegular ? readNow(file.fd, buffer, path) : await readSoon(file, buffer, path)
      if (length === 0 || stopped()) return
      read += length
      if (isRegular) noteRead(read, stat.size)
      yield buffer.subarray(0, length)
      if (isRegular) await setImmediate()
    }
  } finally {
    await file.close()
  }
}

function readNow(fd: number, buffer: Uint8Array, path: string): number {
  try {
    return readSync(fd, buffer)
  } catch (cause) {
    return fail(path, cause)
  }
}

async function readSoon(file: FileHandle, buffer: Uint8Array, path: string): Promise<number> {
  const { bytesRead } = await file.read(buffer).catch((cause) => fail(path, cause))
  return bytesRead
}

/** Until somebody stops it: a pipe may have no writer. */
async function* readPipe(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const pipe = pipeAt(path)
  const stop = () => pipe.destroy()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of pipe) yield chunk as Buffer
  } catch (cause) {
    if (!signal.aborted) fail(path, cause)
  } finally {
    signal.removeEventListener('abort', stop)
    pipe.destroy()
  }
}

function pipeAt(path: string): Socket {
  try {
    return openPipe(path)
  } catch (cause) {
    return fail(path, cause)
  }
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
    'copy the capture again and retry',
  ]
  throw new CannotLook({ subject, reason: `cannot read it: ${reason}`, hint }, { cause })
}
