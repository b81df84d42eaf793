import { isOnLink } from '../capture/interfaces.js'
import { type NeighbourChange, watchNeighbours } from '../capture/neighbour-monitor.js'
import { type LiveCapture, type LiveOptions, openLive } from '../capture/open-live.js'
import type { OwnEntries } from '../failover/own-entries.js'
import type { Stopwatch } from '../failover/stopwatch.js'
import { CannotLook, type Gap } from '../known.js'
import type { ServiceAddresses } from '../probe/asking.js'
import { type Asker, type Clock, frameFor } from '../probe/run.js'
import { sh } from '../shell.js'
import { formatIp, type Ip } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'
import { askerOn } from './asking.js'
import type { Watches, Watching } from './failover.js'
import { blindSpots, CLOCK } from './look-live.js'

export interface LiveFailover {
  readonly capture: Omit<LiveOptions, 'sending'>
  /** Requests in a second, over all addresses. */
  readonly rate: number
  /** Ends when a failover has not happened in this time. */
  readonly forMs: number
  readonly times: number
  readonly serviceAddresses: ServiceAddresses
}

/** A late answer to the last request is waited for. */
const LISTEN_MS = 300
/** How often it is looked whether something is new. */
const LOOK_MS = 100
/** An address that nobody answers for so long is worth a word. */
const UNANSWERED_MS = 3000
/** The clock of the frames may drift by this much against one that is never set. */
const DRIFT_MS = 100

/** Opens the wire. `note` hears what the operator should do and know; `show` how it stands. Throws CannotLook. */
export async function watchLive(
  request: LiveFailover,
  note: (text: string) => void,
  show: (text: string) => void,
): Promise<Watching> {
  const live = await openLive({ ...request.capture, sending: true, timing: true }, note)
  const { vips } = request.capture
  const asker = askerOn(live, vips, request.serviceAddresses)
  const refused = refusal(live, vips, asker)
  if (refused !== null) {
    live.source.stop()
    await live.sender?.close()
    throw new CannotLook(refused)
  }
  const changes: NeighbourChange[] = []
  const wanted = new Set(vips)
  const monitor = watchNeighbours((change) => {
    if (wanted.has(change.ip) && changes.length < MOST_CHANGES) changes.push(change)
  })
  let lack: string | null = null
  return {
    source: live.source,
    ownMacs: ownMacs(live),
    rate: request.rate,
    entriesOf: (ip) => (live.neighbours === null || lack !== null ? null : entriesOf(live, ip, changes)),
    lacks: () => [...blindSpots(live), ...(lack === null ? [] : [unwatched(lack)])],
    conditions: () => live.source.conditions(),
    work: async (watches, signal) => {
      const drift = driftSince()
      await ask(request, { live, asker, watches, note, show }, signal)
      const refusals = (await live.sender?.close()) ?? []
      monitor.stop()
      lack = await monitor.ended
      return [
        ...refusals.map((reason) => unsent(live, reason)),
        ...drift(),
        ...broken(live, await live.interruptions()),
      ]
    },
  }
}

const MOST_CHANGES = 10_000

/** Our own requests are counted by the first. */
function ownMacs({ interface: device, all }: LiveCapture) {
  return [device.mac ?? 0, ...all.flatMap(({ mac }) => mac ?? [])]
}

/** The changes that count are of the device whose entry decides: the interface, or the bridge or bond that it is a port of. */
function entriesOf(
  { interface: device, neighbours }: LiveCapture,
  ip: Ip,
  all: readonly NeighbourChange[],
): OwnEntries {
  const entry = neighbours?.find((one) => one.ip === ip)
  const name = entry?.interface ?? device.name
  const changes = all.filter((change) => change.ip === ip && change.interface === name)
  return { interface: name, before: entry?.mac ?? null, changes }
}

/** An address that we hold is not asked for on the wire; one that we cannot ask for safely gets no probe, which could stop who takes it over. */
function refusal(live: LiveCapture, vips: readonly Ip[], { addressesFor }: Asker): Gap | null {
  const { name } = live.interface
  const held = vips.find((ip) => live.all.some(({ addresses }) => addresses.some((one) => one.ip === ip)))
  if (held !== undefined) {
    const reason = 'this machine holds it, and hears no answer of its own'
    return { subject: formatIp(held), reason, hint: 'ask from another machine of the segment' }
  }
  const unsafe = vips.find((ip) => addressesFor(ip).length === 0)
  if (unsafe === undefined) return null
  const reason = `${name} has no address of its own that is ready and certainly no VIP to ask with`
  const hint = 'give the interface an address of the segment, name another with -i, or ask from another machine'
  return { subject: formatIp(unsafe), reason, hint }
}

interface Asking {
  readonly live: LiveCapture
  readonly asker: Asker
  readonly watches: Watches
  readonly note: (text: string) => void
  readonly show: (text: string) => void
}

/** Asks for each address in turn, at the pace; ends when all has happened, or nothing has for too long. */
async function ask(request: LiveFailover, asking: Asking, signal: AbortSignal, clock: Clock = CLOCK): Promise<void> {
  const { capture, rate, forMs, times } = request
  const { live, asker, watches, show } = asking
  const { vips } = capture
  for (const ip of vips.filter((one) => !isOnLink(one, live.interface)))
    asking.note(`${formatIp(ip)} is in no subnet of ${live.interface.name}`)
  const tell = telling(request, asking)
  const everyMs = 1000 / rate
  let [sent, movedAt, lookedAt, moves] = [0, clock.now(), 0, 0]
  for (let due = clock.now(); !signal.aborted; ) {
    const now = clock.now()
    if (now >= due) {
      const vip = vips[sent % vips.length]!
      const frame = frameFor({ vip, mode: 'broadcast', to: null, turn: Math.floor(sent / vips.length) }, asker)
      if (frame !== null) live.sender?.send(frame)
      sent += 1
      // what is late is not made up for: the pace is an upper bound
      due = Math.max(due + everyMs, now + everyMs / 2)
    }
    if (now - lookedAt >= LOOK_MS) {
      lookedAt = now
      const done = watches.all.reduce((sum, { watch }) => sum + watch.moves.length, 0)
      if (done > moves) [moves, movedAt] = [done, now]
      tell(now - movedAt)
      show(`${live.interface.name}: ${sent} requests sent, ${done} of ${times * vips.length} failovers; Ctrl-C ends it`)
      if (watches.all.every(({ watch }) => watch.moves.length >= times) || now - movedAt >= forMs) break
    }
    await clock.sleep(Math.max(1, Math.min(due - clock.now(), LOOK_MS)), signal)
  }
  await clock.sleep(LISTEN_MS, signal)
}

/** Says once each: who has the address, that nobody answers, and each failover. */
function telling({ times, rate, capture }: LiveFailover, { watches, note }: Asking): (quietMs: number) => void {
  const every = Math.round((1000 / rate) * capture.vips.length)
  note(`asking for each address every ${every} ms`)
  const told = new Map<Stopwatch, number>()
  return (quietMs) => {
    for (const { watch } of watches.all) {
      const { ip, owner, moves } = watch
      const before = told.get(watch)
      if (owner !== null && (before === undefined || before < 0)) {
        note(`${formatIp(ip)}: ${formatMac(owner.mac)} answers; make the failover happen now`)
        told.set(watch, 0)
      } else if (owner === null && before === undefined && quietMs > UNANSWERED_MS) {
        note(`${formatIp(ip)}: nobody answers yet`)
        told.set(watch, -1)
      } else if (before !== undefined && moves.length > Math.max(0, before)) {
        told.set(watch, moves.length)
        const next = moves.length < times ? '; make the next one happen' : ''
        note(`${formatIp(ip)}: failover ${moves.length} of ${times}, now ${formatMac(owner?.mac ?? 0)}${next}`)
      }
    }
  }
}

/** Frames have the time of day: where that was set during the run, spans between them are wrong. */
function driftSince(): () => Gap[] {
  const offset = () => Date.now() - performance.now()
  const before = offset()
  return () => {
    const drift = Math.round(offset() - before)
    if (Math.abs(drift) < DRIFT_MS) return []
    const reason = `the clock was set by ${drift} ms while it was measured`
    return [{ subject: 'clock of this machine', reason, hint: 'repeat while nothing sets the clock' }]
  }
}

function unsent({ interface: { name } }: LiveCapture, reason: string): Gap {
  return { subject: `requests on ${name}`, reason: `some were not sent: ${reason}`, hint: 'check the link, and repeat' }
}

function broken({ interface: { name } }: LiveCapture, times: number): Gap[] {
  if (times === 0) return []
  const reason = 'the link or its capture broke off during the run: what went by meanwhile is missing'
  return [{ subject: `capture on ${name}`, reason, hint: sh`dmesg | grep -w -F ${name}` }]
}

function unwatched(because: string): Gap {
  const reason = `it could not be watched: ${because}`
  return { subject: 'neighbour table of this machine', reason, hint: sh`ip -ts monitor neigh` }
}
