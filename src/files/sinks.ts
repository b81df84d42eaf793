import { constants, fstatSync, openSync, type Stats, write } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CannotWrite, codeOf } from './cannot-write.js'
import type { Place } from './place.js'

/** Something open that takes bytes, in order. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

const { O_APPEND, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants
const writeSome = promisify(write)
/** Between two looks whether a FIFO has a reader by now: the kernel tells nobody. */
const READER_PAUSE_MS = 50
/** Once the run is to end, a reader that takes nothing is waited for so long. */
const GRACE_MS = 500

/** A FIFO or a device, written into. A FIFO waits for its reader, until `signal`. */
export async function openSpecial(place: Place & { kind: 'special' }, signal: AbortSignal): Promise<Sink> {
  const { file, path, about } = place
  if (about.isFIFO()) {
    const fd = await openFifo(file, path, signal)
    unchanged(fstatSync(fd), about)
    return socketSink(file, fd, signal)
  }
  const handle = await open(path, O_WRONLY | O_NOCTTY | O_NOFOLLOW)
  unchanged(await handle.stat(), about)
  return fileSink(handle)
}

/** Never waits in open(): a thread that does keeps the process from ending. */
async function openFifo(file: string, path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return openSync(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW)
    } catch (cause) {
      if (codeOf(cause) !== 'ENXIO') throw cause
      if (signal.aborted) throw new CannotWrite(file, 'nobody reads this FIFO', 'start its reader first', cause)
    }
    await sleep(READER_PAUSE_MS, undefined, { signal }).catch(() => {})
  }
}

/** One of our own open files: what was written to it before stays. */
export function descriptorSink(place: Place & { kind: 'descriptor' }, signal: AbortSignal): Sink {
  const { file, fd, about } = place
  if (fd === 1 || fd === 2) {
    const stream = fd === 1 ? process.stdout : process.stderr
    return { write: (bytes) => put(file, stream, bytes, signal), close: async () => {} }
  }
  if (about.isFIFO() || about.isSocket()) return socketSink(file, fd, signal)
  return { write: (bytes) => writeAll(fd, bytes), close: async () => {} }
}

/** A regular file that cannot be replaced, only overwritten: another's, or one mounted by itself into a container. */
export async function openInPlace({ path, about }: Place & { kind: 'regular' }): Promise<Sink> {
  const handle = await open(path, O_WRONLY | O_NOFOLLOW)
  unchanged(await handle.stat(), about)
  let begun = false
  const write = async (bytes: Uint8Array) => {
    if (!begun) await handle.truncate(0)
    begun = true
    await writeAll(handle.fd, bytes)
  }
  return { write, close: () => handle.close() }
}

/** Adds to what a regular file holds. */
export async function openToAppend({ path, about }: Place & { kind: 'regular' }): Promise<Sink> {
  const handle = await open(path, O_WRONLY | O_APPEND | O_NOFOLLOW)
  unchanged(await handle.stat(), about)
  return fileSink(handle)
}

export function fileSink(handle: FileHandle): Sink {
  return { write: (bytes) => writeAll(handle.fd, bytes), close: () => handle.close() }
}

function unchanged(now: Stats, before: Stats): void {
  if (now.dev !== before.dev || now.ino !== before.ino) throw new Error('somebody replaced it in this moment')
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await writeSome(fd, bytes, at, bytes.length - at, null)).bytesWritten
}

/** The event loop waits for the reader of a pipe, no thread does. */
function socketSink(file: string, fd: number, signal: AbortSignal): Sink {
  const socket = new Socket({ fd, readable: false, writable: true })
  socket.on('error', () => {}) // told to whoever writes
  return {
    write: (bytes) => put(file, socket, bytes, signal),
    close: async () => {
      socket.destroy()
    },
  }
}

/** A reader that closed early (`| head`) has what it wanted. One that takes no more must not keep a run that is to end. */
function put(file: string, stream: Writable, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (stream.destroyed) return Promise.resolve()
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const hurry = () => {
      timer = setTimeout(() => done(new CannotWrite(file, 'its reader takes no more', 'check its reader')), GRACE_MS)
    }
    const done = (error?: Error | null) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', hurry)
      if (error && codeOf(error) !== 'EPIPE') reject(error)
      else resolve()
    }
    if (signal.aborted) hurry()
    else signal.addEventListener('abort', hurry, { once: true })
    stream.write(bytes, done)
  })
}
