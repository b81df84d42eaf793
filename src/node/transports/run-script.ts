import { spawn } from 'node:child_process'
import { guardGroup } from './guard.js'

/** The collector's sections add up to less than this; a host that sends more is not answering our question. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024
const STDERR_LIMIT = 16 * 1024

export interface RunLimits {
  /** For the whole run, in milliseconds. */
  readonly timeoutMs: number
  /** Aborted: end the child and answer with what came so far. */
  readonly signal: AbortSignal
}

/** How a child ended, and what it said, within bounds. */
export interface RunResult {
  readonly stdout: Buffer
  readonly stderr: string
  readonly end:
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'killed'; readonly signal: string }
    | { readonly kind: 'timeout' | 'flood' | 'interrupted' | 'no-host-name' }
    | { readonly kind: 'not-started'; readonly cause: Error }
}

/**
 * Runs a command, feeds it the script on stdin and takes what it prints: at most OUTPUT_LIMIT bytes, for at most
 * `timeoutMs`. The child leads a process group of its own, so that a ProxyCommand or a pipe reader ends with it; when we die,
 * the group does. Never rejects.
 */
export function runScript(
  command: string,
  args: readonly string[],
  script: string,
  limits: RunLimits,
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    const stdout = new Bounded(OUTPUT_LIMIT)
    const stderr = new Bounded(STDERR_LIMIT)
    const unguard = child.pid === undefined ? null : guardGroup(child.pid)
    const finish = (end: RunResult['end']) => {
      clearTimeout(timer)
      limits.signal.removeEventListener('abort', interrupt)
      killGroup(child.pid)
      unguard?.()
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ stdout: stdout.bytes(), stderr: stderr.bytes().toString('utf8'), end })
    }
    const interrupt = () => finish({ kind: 'interrupted' })
    const timer = setTimeout(() => finish({ kind: 'timeout' }), limits.timeoutMs)
    limits.signal.addEventListener('abort', interrupt)
    child.stdout.on('data', (chunk: Buffer) => stdout.take(chunk) || finish({ kind: 'flood' }))
    child.stderr.on('data', (chunk: Buffer) => stderr.take(chunk))
    child.on('error', (cause) => finish({ kind: 'not-started', cause }))
    child.on('close', (code, signal) =>
      finish(code === null ? { kind: 'killed', signal: `${signal}` } : { kind: 'exited', code }),
    )
    child.stdin.on('error', ignoreEarlyEnd)
    child.stdin.end(script)
    if (limits.signal.aborted) interrupt()
  })
}

/** A child that ends before it read the whole script: how it ended is told by its exit. */
function ignoreEarlyEnd(): void {}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Keeps the first `limit` bytes. */
class Bounded {
  private readonly chunks: Buffer[] = []
  private room: number

  constructor(limit: number) {
    this.room = limit
  }

  /** False when it did not all fit. */
  take(chunk: Buffer): boolean {
    const fits = chunk.length <= this.room
    if (this.room > 0) this.chunks.push(fits ? chunk : chunk.subarray(0, this.room))
    this.room = Math.max(0, this.room - chunk.length)
    return fits
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }
}
