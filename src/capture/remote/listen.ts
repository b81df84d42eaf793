import { CannotLook } from '../../known.js'
import { EngineMissing, type LiveSource, SNAP_LENGTH } from '../live.js'
import { openStream } from '../live-stream.js'
import { droppedByKernel, tcpdumpArguments } from '../live-tcpdump.js'
import { PERL_LISTENER, PYTHON_LISTENER } from '../packet-listeners.js'
import type { Device } from '../sender.js'
import { explainRemote } from './explain.js'
import { PATIENCE_S, type RemoteHost, startRemote } from './host.js'
import { ENDS_WITH_STDIN } from './watched.js'

/** A cluster node has better use for its memory than the ring of a capture on a machine of our own. */
export const RING_KIB = 16_384

/** asm-generic/unistd.h, and arch/x86/entry/syscalls/syscall_64.tbl, by `uname -m`. */
export const RECVMSG: Readonly<Record<string, number>> = { x86_64: 47, aarch64: 212, riscv64: 212, loongarch64: 212 }

interface Way {
  readonly program: 'tcpdump' | 'perl' | 'python3'
  readonly argv: readonly string[]
}

/** Listens on an interface of the host, never promiscuous. Resolves once it listens; throws CannotLook. `allGroups`: see groups.ts. */
export async function listenThere(host: RemoteHost, device: Device, allGroups: boolean): Promise<LiveSource> {
  const name = `${host.name}/${device.name}`
  const subject = `capture on ${name}`
  let failure: Error | null = null
  for (const { program, argv } of waysOf(host, device, allGroups)) {
    const child = startRemote(host, argv)
    try {
      const explain = (ending: Parameters<typeof explainRemote>[3]) => explainRemote(host, subject, program, ending)
      const bytes = await openStream(child, name, explain, {
        startMs: host.startMs,
        look: LOOK,
        dropped: droppedByKernel,
      })
      let dropped: number | null = null
      child.ended.then(({ stderr }) => {
        dropped = droppedByKernel(stderr)
      })
      const engine = program === 'tcpdump' ? 'tcpdump' : 'socket'
      const source = { kind: 'ssh', name, engine } as const
      return { source, bytes, stop: child.stop, conditions: () => ({ dropped, clock: 'kernel' }) }
    } catch (error) {
      child.stop()
      failure ??= error instanceof EngineMissing ? error.reason : (error as Error)
    }
  }
  throw failure ?? new CannotLook({ subject, reason: NOTHING_LISTENS, hint: INSTALL_OR_RECORD })
}

const LOOK = 'check the interface there: `ip link`'
const NOTHING_LISTENS = 'none of tcpdump, perl and python3 is there: nothing can listen'
const INSTALL_OR_RECORD = 'install tcpdump there, or give what was recorded there to --at file:NAME=FILE'

function waysOf({ programs, machine }: RemoteHost, { name, index }: Device, allGroups: boolean): Way[] {
  const recvmsg = RECVMSG[machine]
  const argv = [index, SNAP_LENGTH, Number(allGroups)].map(String)
  const all: Way[] = [
    {
      program: 'tcpdump',
      argv: ['sh', '-c', ENDS_WITH_STDIN, 'sh', 'tcpdump', ...tcpdumpArguments(name, RING_KIB)],
    },
    ...(recvmsg === undefined
      ? []
      : [
          {
            program: 'perl' as const,
            argv: ['perl', '-e', PERL_LISTENER, ...argv, String(recvmsg), String(PATIENCE_S)],
          },
        ]),
    { program: 'python3', argv: ['python3', '-c', PYTHON_LISTENER, ...argv, String(PATIENCE_S)] },
  ]
  return all.filter(({ program }) => programs.has(program))
}
