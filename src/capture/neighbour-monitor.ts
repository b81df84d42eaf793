import type { OwnNeighbour } from '../probe/own-neighbour.js'
import { parseIp } from '../wire/ip.js'
import { type Mac, parseMac } from '../wire/mac.js'
import { ENDS_WITH_STDIN, startChild } from './live-child.js'

/** A change of this machine's neighbour table, by the clock of `ip`: microseconds since the epoch. Null: the entry names no MAC any more. */
export interface NeighbourChange extends Pick<OwnNeighbour, 'ip' | 'interface'> {
  readonly at: number
  readonly mac: Mac | null
}

/** Watches the table (rtnetlink) until it is stopped. */
export interface NeighbourMonitor {
  stop(): void
  /** Why changes may be missing: it ended before, or had something to complain of; null: they are all there. Settles when it has ended. */
  readonly ended: Promise<string | null>
}

/** `[2026-11-29T12:00:00.123456] Deleted 10.0.0.240 dev eth0 lladdr 02:00:00:00:00:01 router STALE` */
const LINE = /^\[(\S+?)\.(\d{6})\] (Deleted )?(\S+) dev (\S+)(.*)$/
/** A table that changes at this rate is scanned, not used; what is watched are a few addresses. */
const MOST_TEXT = 1 << 16

/** Reads a line of `ip -ts monitor neigh`, whose times are UTC; null for any other. */
export function parseNeighbourChange(line: string): NeighbourChange | null {
  const [, time, micros, deleted, address = '', device = '', rest = ''] = LINE.exec(line) ?? []
  const [ip, seconds] = [parseIp(address), Date.parse(`${time}Z`)]
  if (ip === null || Number.isNaN(seconds)) return null
  const mac = parseMac(/ lladdr (\S+)/.exec(rest)?.[1] ?? '')
  return { at: seconds * 1000 + Number(micros), ip, interface: device, mac: deleted ? null : mac }
}

/** Hears each change from now on. The program has no rights that it would not have of itself. */
export function watchNeighbours(hear: (change: NeighbourChange) => void): NeighbourMonitor {
  const child = startChild(['env', 'TZ=UTC', 'sh', '-c', ENDS_WITH_STDIN, 'sh', 'ip', '-ts', 'monitor', 'neigh'])
  const reading = readLines(child.stdout, (line) => {
    const change = parseNeighbourChange(line)
    if (change !== null) hear(change)
  })
  const ended = Promise.all([child.ended, reading]).then(([{ stderr, error, code }]) => {
    const complaint = error?.message ?? stderr.trim()
    if (complaint !== '') return complaint
    return child.stopped() && code === null ? null : `ip ended with status ${code}`
  })
  return { stop: () => child.stop(), ended }
}

async function readLines(chunks: AsyncIterator<Uint8Array>, hear: (line: string) => void): Promise<void> {
  let rest = ''
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    const lines = (rest + Buffer.from(next.value).toString()).split('\n')
    rest = (lines.pop() ?? '').slice(-MOST_TEXT)
    for (const line of lines) hear(line)
  }
}
