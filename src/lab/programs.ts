import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../package-file.js'

/** `perl responder.pl INTERFACE IP [option=value …]`: a responder in user space, see its header. */
export function responder(...args: readonly string[]): readonly string[] {
  return ['perl', packageFile('src/lab/responder.pl'), ...args]
}

/** `perl announcer.pl INTERFACE IP`: an announcer of an IPv6 address in user space, see its header. */
export function announcer(ip: string): readonly string[] {
  return ['perl', packageFile('src/lab/announcer.pl'), 'eth0', ip]
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

const programs = new Map<string, string>()

/** Compiles once per process, into a folder of its own that goes with it: nobody else can lay a program there. */
function compiled(file: string): string {
  const known = programs.get(file)
  if (known !== undefined) return known
  const folder = mkdtempSync(join(tmpdir(), 'l2doctor-cc-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const program = join(folder, 'sender')
  execFileSync('cc', ['-O2', '-o', program, file], { stdio: ['ignore', 'ignore', 'pipe'] })
  programs.set(file, program)
  return program
}
