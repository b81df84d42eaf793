import { readFileSync } from 'node:fs'

/** Signals that ask a run to end: a key, `kill`, a terminal that closes. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** SIGHUP in the mask of /proc/PID/status, whose lowest bit is signal 1. */
const HUP = 1n

/**
 * The signals that end a run here. A SIGHUP that was to be ignored (`nohup`) stays ignored: Node takes every ignored signal back
 * to its default when it starts, so we ask those that know what was before: bin/run.js, the shell, our parent.
 */
export function endSignals(env: NodeJS.ProcessEnv = process.env, ppid = process.ppid): readonly EndSignal[] {
  const kept = startedIgnoringHangup(env) || ignoresHangup(ppid)
  return kept ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
}

/** bin/run.js says it when it was started as a program; a shell names in `_` what it started. */
function startedIgnoringHangup(env: NodeJS.ProcessEnv): boolean {
  return env['L2DOCTOR_SIGHUP'] === 'ignored' || /(^|\/)nohup$/.test(env['_'] ?? '')
}

/** A script under nohup cannot take it back, so its children began as it did. */
function ignoresHangup(pid: number): boolean {
  const mask = /^SigIgn:\s*([\da-f]+)$/m.exec(statusOf(pid))?.[1]
  return mask !== undefined && (BigInt(`0x${mask}`) & HUP) !== 0n
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return '' // no /proc here, or the parent has gone
  }
}
