import { CannotLook } from '../known.js'
import type { ChildFailure } from './cap-handle.js'
import { EngineMissing, type LiveSource } from './live.js'
import { type Ending, ownProgram, startChild } from './live-child.js'
import { openStream } from './live-stream.js'
import { noPermission } from './permission.js'

/**
 * MiB of ring. cap's slots take 64 KiB (128 KiB once the kernel has rounded up), so 256 MiB hold 20 ms of 200 k frames/s, which bridges a
 * child that is not scheduled. Setting it up costs time when the memory is cold, 1.7 s at worst: too much for a probe.
 */
const RING_MIB = { small: 64, large: 256 } as const

/**
 * Listens through npm `cap` in a child process. Resolves once it listens.
 * Throws EngineMissing when the addon does not load, CannotLook when the interface cannot be opened.
 */
export async function openCap(device: string, ring: keyof typeof RING_MIB): Promise<LiveSource> {
  const child = startChild(ownProgram('cap-child', device, String(RING_MIB[ring])))
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
    return new EngineMissing(new CannotLook({ subject, reason: `the capture addon does not load: ${message}`, hint }))
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
