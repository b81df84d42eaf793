import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageFile } from '../package-file.js'

/** `perl responder.pl INTERFACE IP [option=value …]`: a responder in user space, see its header. */
export function responder(...args: readonly string[]): readonly string[] {
  return ['perl', packageFile('src/lab/responder.pl'), ...args]
}

export type FrameKind = 'request' | 'reply' | 'announcement' | 'gratuitous-reply'

export interface Sending {
  readonly kind: FrameKind
  readonly mac: string
  readonly ip: string
  /** Frames per second. */
  readonly rate: number
  /** 0 sends until it is stopped. */
  readonly count: number
  /** Cycle through so many sender pairs. */
  readonly distinct?: number
}

/** The command that sends ARP frames from a host's eth0. Compiles the sender when needed; throws without a C compiler. */
export function sender(sending: Sending): readonly string[] {
  const { kind, mac, ip, rate, count, distinct = 1 } = sending
  return [
    compiled(packageFile('src/lab/sender.c')),
    'eth0',
    kind,
    mac,
    ip,
    String(rate),
    String(count),
    String(distinct),
  ]
}

/** Compiles into the temporary folder once per version of the source; the last step is atomic, so several may race. */
function compiled(file: string): string {
  const { mtimeMs, size } = statSync(file)
  const program = join(tmpdir(), `l2doctor-sender-${process.getuid?.()}-${Math.trunc(mtimeMs)}-${size}`)
  if (existsSync(program) && statSync(program).uid === process.getuid?.()) return program
  const fresh = join(mkdtempSync(join(tmpdir(), 'l2doctor-cc-')), 'sender')
  execFileSync('cc', ['-O2', '-o', fresh, file], { stdio: ['ignore', 'ignore', 'pipe'] })
  renameSync(fresh, program)
  rmdirSync(dirname(fresh))
  return program
}
