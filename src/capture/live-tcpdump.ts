import { CannotLook } from '../known.js'
import type { Confinement } from './confine.js'
import { howToInstall } from './how-to-install.js'
import { EngineMissing, LISTEN_FILTER, type LiveSource, SNAP_LENGTH } from './live.js'
import { COUNTING_GRACE_MS, ENDS_WITH_STDIN, type Ending, startChild } from './live-child.js'
import { openStream } from './live-stream.js'
import { noPermission } from './permission.js'

/** KiB; with slots of a few hundred bytes it holds more than a second of 200 k frames/s. */
const RING_KIB = 65_536

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
  const child = startChild(confinement?.wrap(command) ?? command, COUNTING_GRACE_MS)
  const bytes = await openStream(child, device, (ending) => explainTcpdump(device, ending), {
    dropped: droppedByKernel,
  })
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

/** Frames that came within the last milliseconds, when nobody waits for an answer any more. */
const MOST_UNREAD = 64

/**
 * From the counts that tcpdump prints when it ends: `9 packets captured`, `16 packets received by filter` (all that came), `7 packets
 * dropped by kernel`; null when it did not. What lies unread in its ring when it ends is lost as well, and is many when it lagged.
 */
export function droppedByKernel(stderr: string): number | null {
  const count = (what: string) => {
    const found = [...stderr.matchAll(new RegExp(`^(\\d+) packets? ${what}`, 'gm'))].at(-1)?.[1]
    return found === undefined ? null : Number(found)
  }
  const dropped = count('dropped by kernel')
  const unread = (count('received by filter') ?? 0) - (count('captured') ?? 0) - (dropped ?? 0)
  return dropped === null ? null : dropped + (unread > MOST_UNREAD ? unread : 0)
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
