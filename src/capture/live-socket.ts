import { CannotLook } from '../known.js'
import type { Confinement } from './confine.js'
import { howToInstall } from './how-to-install.js'
import { EngineMissing, type LiveSource, SNAP_LENGTH } from './live.js'
import { COUNTING_GRACE_MS, type Ending, type LiveChild, startChild } from './live-child.js'
import { openStream, withinTime } from './live-stream.js'
import { droppedByKernel } from './live-tcpdump.js'
import { PERL_LISTENER, PYTHON_LISTENER } from './packet-listeners.js'
import { noPermission } from './permission.js'
import { pcapOfBlocks } from './ring-blocks.js'
import { PERL_RING_LISTENER, PYTHON_RING_LISTENER } from './ring-listeners.js'
import type { Device } from './sender.js'

/** asm-generic/unistd.h, and arch/x86/entry/syscalls/syscall_64.tbl; perl's listeners are for 64 bits, least significant byte first. */
const GENERIC = { recvmsg: 212, mmap: 222, read: 63, write: 64 }
const SYSCALLS: Partial<Record<NodeJS.Architecture, typeof GENERIC>> = {
  x64: { recvmsg: 47, mmap: 9, read: 0, write: 1 },
  arm64: GENERIC,
  riscv64: GENERIC,
  loong64: GENERIC,
}

/** A listener that works answers within a batch of frames. */
const COUNT_MS = 1000

/**
 * Listens on a packet socket of perl or python3, never promiscuous. Resolves once it listens; throws EngineMissing when neither
 * is there, else CannotLook. `allGroups`: see groups.ts. `lullMs`: how late a frame may come, so that many are read at once; 0: each comes at once.
 */
export async function openSocket(
  device: Device,
  allGroups: boolean,
  confinement: Confinement,
  lullMs = 0,
): Promise<LiveSource> {
  let failure: Error = missing(device)
  for (const command of programs(device, allGroups, lullMs)) {
    const child = startChild(confinement.wrap(command), COUNTING_GRACE_MS)
    try {
      const bytes = await openStream(child, device.name, (ending) => explain(device, ending), {
        dropped: droppedByKernel,
      })
      let dropped: number | null = null
      child.ended.then(({ stderr }) => {
        dropped = droppedByKernel(stderr)
      })
      const source = { kind: 'live', name: device.name, engine: 'socket' } as const
      return {
        source,
        bytes: lullMs > 0 ? () => pcapOfBlocks(bytes()) : bytes,
        stop: child.stop,
        countDropped: () => askDropped(child),
        conditions: () => ({ dropped, clock: 'kernel' }),
      }
    } catch (error) {
      child.stop()
      if (!(error instanceof EngineMissing)) failure = error as Error
    }
  }
  throw failure
}

/** Null where it does not answer in time. */
async function askDropped({ process: { stdin, stderr } }: LiveChild): Promise<number | null> {
  if (stdin === null || stderr === null) return null
  const said = new Promise<string>((resolve) => stderr.once('data', resolve))
  stdin.write('?')
  const text = await withinTime(said, COUNT_MS)
  return text === null ? null : droppedByKernel(text)
}

function programs({ index }: Device, allGroups: boolean, lullMs: number): (readonly string[])[] {
  const argv = [index, SNAP_LENGTH, Number(allGroups)].map(String)
  const calls = SYSCALLS[process.arch]
  if (lullMs === 0)
    return [
      ...(calls ? [['perl', '-e', PERL_LISTENER, ...argv, String(calls.recvmsg)]] : []),
      ['python3', '-c', PYTHON_LISTENER, ...argv],
    ]
  const numbers = calls && [calls.mmap, calls.read, calls.write].map(String)
  return [
    ...(numbers ? [['perl', '-e', PERL_RING_LISTENER, ...argv, String(lullMs), ...numbers]] : []),
    ['python3', '-c', PYTHON_RING_LISTENER, ...argv, String(lullMs)],
  ]
}

function explain(device: Device, { stderr, code, error }: Ending): Error {
  if (error?.code === 'ENOENT' || code === 127) return missing(device)
  const complaint = stderr.trim().split('\n').at(-1) || error?.message || `it ended with code ${code}`
  const subject = `capture on ${device.name}`
  if (/^socket: .*permitted/i.test(complaint)) return noPermission(subject, complaint, 'tcpdump')
  return new CannotLook({ subject, reason: complaint, hint: 'check the interface with `ip link`' })
}

function missing({ name }: Device): EngineMissing {
  const gap = {
    subject: `capture on ${name}`,
    reason: 'neither perl nor python3 is installed',
    hint: howToInstall('perl'),
  }
  return new EngineMissing(new CannotLook(gap))
}
