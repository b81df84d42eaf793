import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { CannotLook } from '../known.js'
import { gunzip, looksLikeGzip } from './gunzip.js'
import type { FrameSource } from './source.js'

/** Large enough that the reads cost nothing, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 512 * 1024

/** A capture file (pcap, pcapng, or gzip of either, known by content). */
export function fileSource(path: string): FrameSource {
  let stopped = false
  return {
    source: { kind: 'file', name: path, engine: 'file' },
    bytes: (buffer = new Uint8Array(CHUNK_BYTES)) => unpacked(readChunks(path, buffer, () => stopped)),
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

/**
 * A regular file is read right here, and others have their turn after each chunk: what a thread of the pool has read lies in
 * another processor's cache, from where it comes slowly. Whoever writes to a pipe may let us wait; that is left to the pool.
 */
async function* readChunks(path: string, buffer: Uint8Array, stopped: () => boolean): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((cause) => fail(path, cause))
  try {
    const isRegular = (await file.stat()).isFile()
    for (;;) {
      const length = isRegular ? readNow(file.fd, buffer, path) : await readSoon(file, buffer, path)
      if (length === 0 || stopped()) return
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
