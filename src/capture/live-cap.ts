import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CannotLook } from '../known.js'
import { packageFile } from '../package-file.js'
import type { ChildFailure } from './cap-handle.js'
import type { Confinement } from './confine.js'
import { EngineMissing, type LiveSource } from './live.js'
import { type Ending, ownProgram, startChild } from './live-child.js'
import { openStream } from './live-stream.js'
import { noPermission } from './permission.js'

/**
 * MiB of ring. cap's slots take 64 KiB, and 128 KiB once the kernel has rounded up: it holds 5 ms of 200 k frames/s in 128 MiB, which
 * are all in memory. Four times that is 571 MB, more than many nodes have to spare.
 */
const RING_MIB = 64

/** What the child reads when it starts. */
function filesOfCap(): string[] {
  const own = ['dist/bundle/cap-child.js', 'package.json'].map(packageFile)
  try {
    const addon = createRequire(packageFile('package.json')).resolve('cap')
    return [...own, addon, join(dirname(addon), '../build/Release/cap.node')]
  } catch {
    return own // it is not installed, which the child will say
  }
}

/** The argv of one of our two programs around cap. */
export function capProgram(confinement: Confinement, name: string, ...argv: readonly string[]): readonly string[] {
  return confinement.wrap(ownProgram(name, ...argv), filesOfCap())
}

/**
 * Listens through npm `cap` in a child process. Resolves once it listens.
 * Throws EngineMissing when the addon does not load, CannotLook when the interface cannot be opened.
 */
export async function openCap(device: string, confinement: Confinement): Promise<LiveSource> {
  const child = startChild(capProgram(confinement, 'cap-child', device, String(RING_MIB)))
  const bytes = await openStream(child, device, (ending) => explainCap(device, ending))
  return {
    source: { kind: 'live', name: device, engine: 'cap' },
    bytes,
    stop: child.stop,
    conditions: () => ({ dropped: null, clock: 'userspace' }),
  }
}

/** Turns the end of a child around cap into the error for the operator. */
export function explainCap(device: string, ending: Ending): Error {
  const { step, message } = failureOf(ending)
  const subject = `capture on ${device}`
  if (step === 'load') {
    const hint = 'run `npm rebuild cap` (needs libpcap-dev and a C++ compiler), or use --engine tcpdump'
    const isOfAnotherNode = message.includes('NODE_MODULE_VERSION')
    const why = isOfAnotherNode ? `it was built by another Node.js than this one, ${process.version}` : message
    const gap = { subject, reason: `the capture addon does not load: ${why}`, hint }
    return new EngineMissing(new CannotLook(gap), isOfAnotherNode)
  }
  if (/permi(ssion|tted)/i.test(message)) return noPermission(subject, message, 'cap')
  return new CannotLook({
    subject,
    reason: message,
    hint: 'check the interface with `ip link`, or use --engine tcpdump',
  })
}

function failureOf({ stderr, code, error }: Ending): ChildFailure {
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(last) as ChildFailure
  } catch {
    return { step: 'open', message: error?.message ?? `the capture child ended with code ${code}: ${last}` }
  }
}
