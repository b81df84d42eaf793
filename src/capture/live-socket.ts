import { CannotLook } from '../known.js'
import type { Confinement } from './confine.js'
import { howToInstall } from './how-to-install.js'
import { EngineMissing, type LiveSource, SNAP_LENGTH } from './live.js'
import { COUNTING_GRACE_MS, type Ending, type LiveChild, startChild } from './live-child.js'
import { openStream, withinTime } from './live-stream.js'
import { droppedByKernel } from './live-tcpdump.js'
import { PERL_LISTENER, PYTHON_LISTENER } from './packet-listeners.js'
import { noPermission } from './permission.js'
import type { Device } from './sender.js'

/** asm-generic/unistd.h, and arch/x86/entry/syscalls/syscall_64.tbl; perl's listener is for 64 bits, least significant byte first. */
const RECVMSG: Partial<Record<NodeJS.Architecture, number>> = { x64: 47, arm64: 212, riscv64: 212, loong64: 212 }

/** A listener that works answers within a batch of frames. */
const COUNT_MS = 1000

/**
 * Listens on a packet socket of perl or python3, never promiscuous. Resolves once it listens; throws EngineMissing when neither
 * is there, else CannotLook. `allGroups`: see groups.ts. `lullMs`: how late a frame may come, so that many are read at once.
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
        bytes,
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
  const recvmsg = RECVMSG[process.arch]
  const argv = [index, SNAP_LENGTH, Number(allGroups)].map(String)
  const rest = ['0', String(lullMs)]
  const perl = recvmsg === undefined ? [] : [['perl', '-e', PERL_LISTENER, ...argv, String(recvmsg), ...rest]]
  return [...perl, ['python3', '-c', PYTHON_LISTENER, ...argv, ...rest]]
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
