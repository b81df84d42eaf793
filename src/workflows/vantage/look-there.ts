import { mayHearAllGroups, takesAllGroups } from '../../capture/groups.js'
import { type NetworkInterface, parseInterfaces } from '../../capture/interfaces.js'
import type { LiveCapture } from '../../capture/open-live.js'
import { entriesFor, parseOwnNeighbours } from '../../capture/own-neighbours.js'
import type { RemoteHost } from '../../capture/remote/host.js'
import { listenThere } from '../../capture/remote/listen.js'
import { canSendThere, sendThere } from '../../capture/remote/send.js'
import { TRACES_OF_AN_ANNOUNCER } from '../../capture/this-host.js'
import type { Gap } from '../../known.js'
import type { Transport } from '../../node/transports/transport.js'
import { type Survey, survey } from '../../node/vantage/survey.js'
import { formatIp } from '../../wire/ip.js'
import type { Look } from '../look.js'
import { type LiveRequest, lookThroughLive } from '../look-live.js'
import { clockGap } from './clock-gap.js'
import { interfaceThere } from './interface-there.js'

/** A host to look from: how it is asked what it has, and how programs are started there. */
export interface PlaceThere {
  readonly transport: Transport
  /** ssh with its arguments, running `sh -s`. */
  readonly command: readonly string[]
  readonly become: boolean
  readonly timeoutMs: number
  readonly startMs: number
  readonly guard: RemoteHost['guard']
  /** Seconds since 1970. */
  readonly now: () => number
}

/** Opens the wire of another host, over ssh. Nothing is installed or written there. Throws CannotLook. */
export async function lookThere(
  place: PlaceThere,
  request: LiveRequest,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<Look> {
  const { vips } = request.capture
  const { become, timeoutMs, now } = place
  const { name } = place.transport
  const limits = { become, timeoutMs, now, signal, vips: vips.map(formatIp), traces: TRACES_OF_AN_ANNOUNCER }
  const said = await survey(place.transport, limits)
  const all = parseInterfaces(said.interfaces)
  const { interface: device, why } = interfaceThere({ name, kind: 'ssh' }, all, said, vips, request.capture.interface)
  const allGroups = mayHearAllGroups(vips, device, all, said.hasTrace)
  const live = await openThere(place, said, { device, all, allGroups }, request)
  note(`from ${name}, on ${device.name}: ${why}; engine ${live.source.source.engine}`)
  if (allGroups && live.source.source.engine === 'socket') note(takesAllGroups(`${device.name} of ${name}`))
  const look = lookThroughLive(live, request, note)
  const gaps = [...clockGap(name, said.clockAhead), ...mute(live, request, name)]
  return { ...look, unkept: () => gaps }
}

interface Interfaces {
  readonly device: NetworkInterface
  readonly all: readonly NetworkInterface[]
  /** See capture/groups.ts. */
  readonly allGroups: boolean
}

async function openThere(
  place: PlaceThere,
  said: Survey,
  { device, all, allGroups }: Interfaces,
  { capture, plan }: LiveRequest,
): Promise<LiveCapture> {
  const host = hostOf(place, said)
  const sends = plan !== null && canSendThere(host, device)
  const [opening, sending] = await Promise.allSettled([
    listenThere(host, device, allGroups),
    sends ? sendThere(host, device) : null,
  ])
  if (opening.status === 'rejected' || sending.status === 'rejected') {
    if (opening.status === 'fulfilled') opening.value.stop()
    if (sending.status === 'fulfilled') await sending.value?.close()
    throw opening.status === 'rejected' ? opening.reason : (sending as PromiseRejectedResult).reason
  }
  const read = said.neighbours === null ? null : parseOwnNeighbours(said.neighbours)
  return {
    source: opening.value,
    sender: sending.value,
    at: host.name,
    interface: device,
    all,
    neighbours: read && entriesFor(read, capture.vips, device).map((one) => ({ ...one, host: host.name })),
    promiscuityChanged: false, // tcpdump -p and packet sockets never ask for it
    intrusive: null,
    interruptions: async () => 0,
  }
}

function hostOf({ transport, command, become, startMs, guard }: PlaceThere, said: Survey): RemoteHost {
  const { programs, machine, isRoot } = said
  return { name: transport.name, command, become: become && !isRoot, machine, programs, startMs, guard }
}

/** It can listen and not ask. */
function mute({ sender }: LiveCapture, { plan }: LiveRequest, name: string): Gap[] {
  if (plan === null || sender !== null) return []
  const reason = 'none of perl, python3 and socat is there: it only listened, and sent no request'
  return [
    { subject: `sending from ${name}`, reason, hint: 'install perl there, or ask from another host of the segment' },
  ]
}
