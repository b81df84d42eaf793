import { CannotLook } from '../known.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { type Choice, chooseInterface, type NetworkInterface, touchesBridge } from './interfaces.js'
import { EngineMissing, type LiveSource } from './live.js'
import { openCap } from './live-cap.js'
import { openTcpdump } from './live-tcpdump.js'
import { type FrameSender, openSender, type Via } from './sender.js'
import { canDropRoot, isClusterNode, readDefaultDevice, readInterfaces, readPromiscuity } from './this-host.js'

export type Engine = 'cap' | 'tcpdump'

export interface LiveOptions {
  readonly vips: readonly Ipv4[]
  /** An interface by name; undefined: the one that fits the addresses. */
  readonly interface: string | undefined
  readonly engine: Engine | 'auto'
  /** False: only listen. */
  readonly sending: boolean
  /** The run is long enough that a large ring is worth the time it takes to set up. */
  readonly long: boolean
  readonly env: NodeJS.ProcessEnv
}

/** A capture that runs, and the sender beside it. */
export interface LiveCapture {
  readonly source: LiveSource
  readonly sender: FrameSender | null
  readonly interface: NetworkInterface
  readonly all: readonly NetworkInterface[]
  /** Whether the interface became promiscuous by our capture or sending, as measured while both were open. */
  readonly promiscuityChanged: boolean
}

/** Opens interface, capture and sender. `note` hears which and why. Throws CannotLook. */
export async function openLive(options: LiveOptions, note: (text: string) => void): Promise<LiveCapture> {
  const [all, defaultDevice] = await Promise.all([readInterfaces(), readDefaultDevice()])
  const choice = chooseInterface(all, defaultDevice, options.vips, options.interface)
  const device = choice.interface
  const [engine, because] = await chooseEngine(options, device, all)
  const ways: readonly Via[] = engine === 'cap' ? ['cap'] : ['perl', 'python3', 'cap']
  const [opening, sending] = await Promise.allSettled([
    openEngine(engine, options, device.name, note),
    options.sending ? openSender(device, ways) : null,
  ])
  if (opening.status === 'rejected' || sending.status === 'rejected') {
    if (opening.status === 'fulfilled') opening.value.stop()
    if (sending.status === 'fulfilled') await sending.value?.close()
    throw plain(opening.status === 'rejected' ? opening.reason : (sending as PromiseRejectedResult).reason)
  }
  const [source, sender] = [opening.value, sending.value]
  for (const text of greeting(choice, source, because)) note(text)
  const during = await readPromiscuity(device.name)
  const promiscuityChanged = device.promiscuity === 0 && (during ?? 0) > 0
  return { source, sender, interface: device, all, promiscuityChanged }
}

type Chosen = readonly [engine: Engine, because: string]

async function chooseEngine(
  { engine, env }: LiveOptions,
  device: NetworkInterface,
  all: readonly NetworkInterface[],
): Promise<Chosen> {
  if (engine !== 'auto') return [engine, 'asked for']
  const quiet = touchesBridge(device, all)
    ? 'promiscuous mode would change what its bridge does'
    : isClusterNode(env)
      ? 'this is a cluster node: promiscuous mode could hide the fault'
      : null
  if (quiet === null) return ['cap', '']
  if (await canDropRoot()) return ['tcpdump', quiet]
  return ['cap', `${KEEPS_ROOT}; but beware: ${quiet}`]
}

async function openEngine(engine: Engine, options: LiveOptions, device: string, note: (text: string) => void) {
  if (engine === 'tcpdump') return openTcpdumpHere(device)
  try {
    return await openCap(device, options.long ? 'large' : 'small')
  } catch (error) {
    if (options.engine !== 'auto' || !(error instanceof EngineMissing)) throw error
    note(`${error.reason.gap.reason}; taking tcpdump instead`)
    return openTcpdumpHere(device)
  }
}

const KEEPS_ROOT = 'tcpdump gives up root, which needs CAP_SETUID, CAP_SETGID and CAP_KILL'

/** A tcpdump that has given up root could not be ended without CAP_KILL. */
async function openTcpdumpHere(device: string): Promise<LiveSource> {
  if (await canDropRoot()) return openTcpdump(device)
  const hint = 'grant them, or take the other engine: --engine cap'
  throw new CannotLook({ subject: `capture on ${device}`, reason: KEEPS_ROOT, hint })
}

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
