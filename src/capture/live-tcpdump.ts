import { CannotLook } from '../known.js'
import type { Confinement } from './confine.js'
import { howToInstall } from './how-to-install.js'
import { EngineMissing, LISTEN_FILTER, type LiveSource, SNAP_LENGTH } from './live.js'
import { type Ending, startChild } from './live-child.js'
import { openStream } from './live-stream.js'
import { noPermission } from './permission.js'

/** KiB; with slots of a few hundred bytes it holds more than a second of 200 k frames/s. */
const RING_KIB = 65_536

/** tcpdump must end when its stdin ends, which it does not do by itself. */
const ENDS_WITH_STDIN = 'exec 3<&0; { read -r _ <&3; kill -TERM $$; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-'

/** tcpdump that listens without promiscuous mode and writes pcap to stdout. */
export function tcpdumpArguments(device: string, ringKib: number): readonly string[] {
  const format = ['-p', '-n', '-s', String(SNAP_LENGTH), '-U', '--immediate-mode', '-w', '-']
  return ['-i', device, ...format, '-B', String(ringKib), LISTEN_FILTER]
}

function tcpdumpCommand(device: string): readonly string[] {
  return ['sh', '-c', ENDS_WITH_STDIN, 'sh', 'tcpdump', ...tcpdumpArguments(device, RING_KIB)]
}

/** Listens through tcpdump. Resolves once it listens; throws EngineMissing without tcpdump, else CannotLook. */
export async function openTcpdump(device: string, confinement?: Confinement): Promise<LiveSource> {
  const command = tcpdumpCommand(device)
  const child = startChild(confinement?.wrap(command) ?? command)
  const bytes = await openStream(child, device, (ending) => explainTcpdump(device, ending))
  let dropped: number | null = null
  child.ended.then(({ stderr }) => {
    dropped = droppedByKernel(stderr)
  })
  return {
    source: { kind: 'live', name: device, engine: 'tcpdump' },
    bytes,
    stop: () => {
      child.stop()
      child.process.kill('SIGTERM') // it is tcpdump itself: spares the way over its stdin
    },
    conditions: () => ({ dropped, clock: 'kernel' }),
  }
}

/** `7 packets dropped by kernel`, which tcpdump prints when it ends; null when it did not. */
export function droppedByKernel(stderr: string): number | null {
  const count = /^(\d+) packets? dropped by kernel/m.exec(stderr)?.[1]
  return count === undefined ? null : Number(count)
}

export function explainTcpdump(name: string, { stderr, code, error }: Ending): Error {
  const subject = `capture on ${name}`
  const complaint = complaintOf(stderr) || error?.message || `tcpdump ended with code ${code}`
  if (code === 127) {
    const gap = { subject, reason: 'tcpdump is not installed', hint: howToInstall('tcpdump') }
    return new EngineMissing(new CannotLook(gap))
  }
  if (/permi(ssion|tted)/i.test(complaint)) return noPermission(subject, complaint, 'tcpdump')
  return new CannotLook({ subject, reason: complaint, hint: 'check the interface with `ip link`' })
}

/** What tcpdump prints besides its complaint: the greeting and the counts. */
const CHATTER = /listening on|verbose output suppressed|packets? (captured|received|dropped)|data link type/

export function complaintOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !CHATTER.test(line))
  return lines.join(' ').replace(/^tcpdump: /, '')
}
