import { type ChildProcess, spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { packageFile } from '../package-file.js'

/** Enough for any complaint of a child; a flood of them must not grow without bound. */
const STDERR_LIMIT = 16_384
/** A child that is not gone so long after it was told to go is killed. */
const GRACE_MS = 300
/** The same for one that has yet to say what it lost. */
export const COUNTING_GRACE_MS = 2000

/** POSIX sh that has a program end with its stdin, which most do not by themselves. Arguments: the program and its own. */
export const ENDS_WITH_STDIN =
  'exec 3<&0; { read -r _ <&3; kill -TERM $$; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-'

/** How a child process ended. `code` is null after a signal, `error` set when it never ran. */
export interface Ending {
  readonly code: number | null
  readonly stderr: string
  readonly error?: NodeJS.ErrnoException
}

/** A process that writes to stdout until its stdin ends. It sees its stdin end too when we die, however we die. */
export interface LiveChild {
  readonly stdout: AsyncIterator<Uint8Array>
  readonly process: ChildProcess
  /** Settles after the last byte of stdout and stderr. */
  readonly ended: Promise<Ending>
  /** Tells it to go; harmless when called twice. */
  stop(): void
  stopped(): boolean
}

/** Starts a child in a session of its own, so that a Ctrl-C in the terminal reaches only us. */
export function startChild([file = '', ...argv]: readonly string[], graceMs = GRACE_MS): LiveChild {
  const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let [stderr, stopped] = ['', false]
  child.stdin.on('error', () => {}) // it went first: `ended` tells
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_LIMIT)
  })
  const ended = new Promise<Ending>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, stderr, error }) // else it runs, and a signal could not be sent
    })
    child.on('close', (code) => resolve({ code, stderr }))
  })
  child.on('exit', () => child.stdin.end())
  return {
    stdout: child.stdout[Symbol.asyncIterator](),
    process: child,
    ended,
    stopped: () => stopped,
    stop: () => {
      if (stopped) return
      stopped = true
      child.stdin.end()
      setTimeout(() => child.kill('SIGKILL'), graceMs).unref()
    },
  }
}

/** A capture's buffers bridge milliseconds only: root may ask that it runs before others. Without CAP_SYS_NICE it must do. */
export function favour({ process: { pid } }: LiveChild): void {
  try {
    if (pid !== undefined) setPriority(pid, -20)
  } catch {
    // not permitted, or it ended at once: then openStream says why
  }
}

/** The argv of one of our own child programs; they run from the build, also when we run from the source (tests). */
export function ownProgram(name: string, ...argv: readonly string[]): readonly string[] {
  return [process.execPath, packageFile(`dist/bundle/${name}.js`), ...argv]
}
