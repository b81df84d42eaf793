import { CannotLook } from '../known.js'
import type { OwnNeighbour } from '../probe/own-neighbour.js'
import type { Ip } from '../wire/ip.js'
import { type Confinement, findConfinement } from './confine.js'
import { mayHearAllGroups, takesAllGroups } from './groups.js'
import { type Choice, chooseInterface, type NetworkInterface, touchesBridge } from './interfaces.js'
import { lasting } from './lasting.js'
import { EngineMissing, type LiveSource } from './live.js'
import { openCap } from './live-cap.js'
import { openSocket } from './live-socket.js'
import { openTcpdump } from './live-tcpdump.js'
import { entriesFor } from './own-neighbours.js'
import { type FrameSender, openSender } from './sender.js'
import {
  canDropRoot,
  isClusterNode,
  mayAnnounce,
  readInterfaces,
  readLinkChanges,
  readOwnNeighbours,
  readPromiscuity,
  readRouting,
} from './this-host.js'

export type Engine = 'cap' | 'tcpdump' | 'socket'

export interface LiveOptions {
  readonly vips: readonly Ip[]
  /** An interface by name; undefined: the one that fits the addresses. */
  readonly interface: string | undefined
  /** Whether it was the operator who named it; absent: where one is named. */
  readonly isChosen?: boolean
  readonly engine: Engine | 'auto'
  /** False: only listen. */
  readonly sending: boolean
  /** It listens as long as nobody stops it; absent: for seconds or minutes. */
  readonly lasts?: boolean
  /** Times matter more than the capture's speed: `auto` takes an engine for which the kernel notes them. */
  readonly timing?: boolean
  readonly env: NodeJS.ProcessEnv
}

/** A capture that runs, and the sender beside it. */
export interface LiveCapture {
  readonly source: LiveSource
  readonly sender: FrameSender | null
  /** The machine that it is on, where that is another one. */
  readonly at?: string
  readonly interface: NetworkInterface
  readonly all: readonly NetworkInterface[]
  /** Addresses asked for that nothing puts on the link of the interface. */
  readonly elsewhere?: readonly Ip[]
  /** What this machine's neighbour table said of the addresses before anything was sent; null: it could not be read. */
  readonly neighbours: readonly OwnNeighbour[] | null
  /** Whether the interface became promiscuous by our capture or sending, as measured while both were open. */
  readonly promiscuityChanged: boolean
  /** Why the capture is promiscuous where it had better not be; null when it is not. */
  readonly intrusive: string | null
  /** How often the link changed since the start, by the kernel's count, and the capture had to begin again. */
  interruptions(): Promise<number>
}

/** Opens interface, capture and sender. `note` hears which and why. Throws CannotLook. */
export async function openLive(options: LiveOptions, note: (text: string) => void): Promise<LiveCapture> {
  const [{ all, choice }, confinement, neighbours] = await Promise.all([
    chooseDevice(options),
    findConfinement(),
    readOwnNeighbours(),
  ])
  const device = choice.interface
  const linkChanges = readLinkChanges(device.name)
  const wish = enginesFor(options, device, all)
  const allGroups = mayHearAllGroups(options.vips, device, all, mayAnnounce(options.env))
  const [opening, sending] = await Promise.allSettled([
    openFirst(wish.engines, { device, allGroups, confinement, lullMs: options.lasts ? LULL_MS : 0 }, note),
    options.sending ? openSender(device, confinement) : null,
  ])
  if (opening.status === 'rejected' || sending.status === 'rejected') {
    if (opening.status === 'fulfilled') opening.value.stop()
    if (sending.status === 'fulfilled') await sending.value?.close()
    throw plain(opening.status === 'rejected' ? opening.reason : (sending as PromiseRejectedResult).reason)
  }
  const [source, sender] = [opening.value, sending.value]
  const intrusive = source.source.engine === 'cap' ? wish.quiet : null
  for (const text of greeting(choice, source, intrusive === null ? wish.because : `but note: ${intrusive}`)) note(text)
  if (allGroups && source.source.engine === 'socket') note(takesAllGroups(device.name))
  for (const lapse of confinement.lapses) note(`capturing with more rights than CAP_NET_RAW: ${lapse}`)
  const during = await readPromiscuity(device.name)
  return {
    source,
    sender,
    interface: device,
    all,
    ...(choice.elsewhere?.length ? { elsewhere: choice.elsewhere } : {}),
    neighbours: neighbours && entriesFor(neighbours, options.vips, device),
    promiscuityChanged: device.promiscuity === 0 && (during ?? 0) > 0,
    intrusive,
    interruptions: async () => (await readLinkChanges(device.name)) - (await linkChanges) + source.restarts(),
  }
}

/** The interface that a live look would be at. Throws CannotLook. */
export async function chooseDevice({
  vips,
  interface: wanted,
  isChosen,
}: Pick<LiveOptions, 'vips' | 'interface' | 'isChosen'>) {
  const [all, routing] = await Promise.all([readInterfaces(), readRouting(vips)])
  return { all, choice: chooseInterface(all, routing, vips, wanted, isChosen) }
}

interface Wish {
  /** The best first. */
  readonly engines: readonly Engine[]
  readonly because: string
  /** Why promiscuous mode would do harm here; null when it would not. */
  readonly quiet: string | null
}

function enginesFor(
  { engine, env, lasts = false, timing = false }: LiveOptions,
  device: NetworkInterface,
  all: readonly NetworkInterface[],
): Wish {
  if (engine !== 'auto') return { engines: [engine], because: 'asked for', quiet: null }
  if (lasts) return { engines: ['socket', 'tcpdump', 'cap'], because: '', quiet: LASTING }
  const quiet = touchesBridge(device, all)
    ? 'promiscuous mode would change what its bridge does'
    : isClusterNode(env)
      ? 'this is a cluster node: promiscuous mode could hide the fault'
      : null
  if (quiet === null && !timing) return { engines: ['cap', 'tcpdump', 'socket'], because: '', quiet }
  return { engines: ['tcpdump', 'socket', 'cap'], because: quiet ?? 'the kernel notes its times', quiet }
}

interface Opening {
  readonly device: NetworkInterface
  readonly allGroups: boolean
  readonly confinement: Confinement
  readonly lullMs: number
}

/** Of a capture that lasts, how late a frame may come: to wake up for each one would cost more than all else. */
export const LULL_MS = 100

const LASTING = 'a promiscuous interface would hide faults as long as the watch lasts'

/** The first that works. When none does, what the first said that was there: on a machine without rights all say the same. */
async function openFirst(engines: readonly Engine[], opening: Opening, note: (text: string) => void) {
  const failures: unknown[] = []
  for (const engine of engines) {
    const open = () => openEngine(engine, opening)
    try {
      const source = await lasting(opening.device.name, open)
      const broken = failures.filter((error) => error instanceof EngineMissing && error.isBroken) as EngineMissing[]
      for (const { message } of broken) note(`${message}; ${engine} listens`)
      return source
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures.find((error) => !(error instanceof EngineMissing)) ?? failures[0]
}

async function openEngine(engine: Engine, { device, allGroups, confinement, lullMs }: Opening): Promise<LiveSource> {
  if (engine === 'cap') return openCap(device.name, confinement)
  if (engine === 'socket') return openSocket(device, allGroups, confinement, lullMs)
  if (confinement.changesUser || (await canDropRoot())) return openTcpdump(device.name, confinement)
  const gap = { subject: `capture on ${device.name}`, reason: KEEPS_ROOT, hint: 'grant them, or take --engine socket' }
  throw new EngineMissing(new CannotLook(gap))
}

/** A tcpdump that has given up root could not be ended without CAP_KILL. */
const KEEPS_ROOT = 'tcpdump gives up root, which needs CAP_SETUID, CAP_SETGID and CAP_KILL'

function plain(error: unknown): unknown {
  return error instanceof EngineMissing ? error.reason : error
}

function greeting({ interface: device, why }: Choice, { source }: LiveSource, because: string): string[] {
  const reason = because === '' ? '' : ` (${because})`
  const lines = [`on ${device.name}: ${why}; engine ${source.engine}${reason}`]
  const [whole] = device.related
  if (device.portOf === 'bond') lines.push(`${device.name} is a port of ${whole}: answers may come in on another port`)
  return lines
}
