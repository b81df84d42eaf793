import type { ClusterNode } from '../cluster/model.js'
import type { MacOwner } from '../facts/attribution.js'
import { ownersFromNodeIps } from '../facts/mac-owners.js'
import type { VantageFacts } from '../facts/vantages/model.js'
import { CannotLook, type Gap, type Known, known } from '../known.js'
import { memoryGap } from '../memory.js'
import type { Core } from '../observe/core.js'
import type { ObserveOptions, WireFacts } from '../observe/model.js'
import { Observer } from '../observe/observer.js'
import type { Responder } from '../probe/responder.js'
import { CaptureFormatError, CutShortError } from '../wire/capture-format.js'
import { type Ip, isIpv6 } from '../wire/ip.js'
import type { Look } from './look.js'
import { conclude, type NoterThread, read } from './noter.js'

/** What came of looking; `look` is null when nothing could be opened. */
export interface Seen {
  readonly look: Look | null
  readonly wire: Known<WireFacts>
  /** Nodes by the MACs that spoke as their addresses. */
  readonly owners: readonly MacOwner[]
  /** What broke off, or was not done, so that more could have been seen. */
  readonly doubts: readonly Gap[]
  /** What else was not seen. */
  readonly gaps: readonly Gap[]
  /** Where it was looked from several places, or from a named one: what each of them saw; the rest of this is all of them together. */
  readonly vantages?: readonly SeenAt[]
  /** The place whose capture this is; absent: none is named. */
  readonly main?: string
  /** Whether silence means something; absent: the look or the capture says so. */
  readonly probed?: boolean
}

/** What was seen from one of several places. */
export interface SeenAt {
  readonly vantage: Pick<VantageFacts, 'name' | 'kind'>
  readonly seen: Seen
  readonly facts: VantageFacts
}

/** What `see` asks of a capture. */
export type SeeWire = (
  options: ObserveOptions,
  nodes: readonly ClusterNode[],
  interrupted: AbortSignal,
) => Promise<Seen>

/**
 * Opens a capture, runs it to its end and folds what it showed; what could not be seen is a gap, never an error. `startNoter`
 * may have the frames noted elsewhere, for a large one.
 */
export async function see(
  open: () => Promise<Look>,
  options: ObserveOptions,
  nodes: readonly ClusterNode[],
  interrupted: AbortSignal,
  startNoter?: (core: Core) => NoterThread,
): Promise<Seen> {
  let look: Look | null = null
  let noter: NoterThread | null = null
  try {
    const observer = new Observer(options)
    noter = startNoter?.(observer.core) ?? null
    look = await open()
    const { doubts, gaps, cutShort } = await watch(look, observer, noter, interrupted)
    const { name } = look.source.source
    const wire = await conclude(observer, noter, cutShort)
    const owners = ownersFromNodeIps(nodes, (ip) => observer.claimants(ip))
    const blind = [...gaps, ...(look.unkept?.() ?? []), ...boundGaps(wire, name)]
    return { look, wire: known(wire, name), owners, doubts, gaps: blind }
  } catch (error) {
    const gap = gapOf(error, look?.source.source.name ?? 'capture')
    return { look, wire: { known: false, gap }, owners: [], doubts: [gap], gaps: [] }
  } finally {
    noter?.stop()
  }
}

interface Watched {
  readonly doubts: readonly Gap[]
  readonly gaps: readonly Gap[]
  /** The source broke off before its end. */
  readonly cutShort: boolean
}

/** Reads the source to its end while the look's work (if any) goes on; either ends the other. */
async function watch(
  look: Look,
  observer: Observer,
  noter: NoterThread | null,
  interrupted: AbortSignal,
): Promise<Watched> {
  const over = new AbortController()
  const signal = AbortSignal.any([interrupted, over.signal])
  const working = (look.work?.(heardBy(observer), signal, () => observer.contestedMs()) ?? aborted(signal)).finally(
    () => look.source.stop(),
  )
  const reading = readAll(look, observer, noter).finally(() => over.abort())
  const [done, watched] = await Promise.all([working, reading])
  return {
    doubts: [...watched.doubts, ...(done?.undone ?? [])],
    gaps: [...watched.gaps, ...(done?.blind ?? [])],
    cutShort: watched.cutShort,
  }
}

/** What was read before a source failed still counts. */
async function readAll(look: Look, observer: Observer, noter: NoterThread | null): Promise<Watched> {
  const { source } = look
  let started = false
  try {
    for await (const chunk of source.bytes(observer.buffer)) {
      await read(chunk, observer, noter)
      started = true
      look.noticed?.({ frames: observer.frames, bytes: source.position?.() ?? null })
    }
    return { doubts: [], gaps: [], cutShort: false }
  } catch (error) {
    if (started && error instanceof CutShortError) return { doubts: [], gaps: [], cutShort: true }
    if (started && error instanceof CannotLook) return { doubts: [error.gap], gaps: [], cutShort: false }
    throw error
  }
}

/** The hosts that answered for an address so far. */
export function heardBy(observer: Pick<Observer, 'answersFor'>) {
  return (vip: Ip): Responder[] =>
    [...observer.answersFor(vip)].map(([mac, { broadcast, unicast, probe, overriding }]) => ({
      mac,
      answeredProbe: probe > 0,
      answers: broadcast + unicast,
      ...(isIpv6(vip) && {
        advertised: {
          answeredGroup: broadcast > 0,
          answeredUnicast: unicast > 0,
          overrides: overriding > 0,
        },
      }),
    }))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function gapOf(error: unknown, subject: string): Gap {
  if (error instanceof CannotLook) return error.gap
  if (error instanceof CaptureFormatError) {
    return { subject, reason: error.message, hint: 'give a pcap or pcapng file, plain or gzip' }
  }
  if (error instanceof CutShortError) {
    const reason = `${error.message}, before the first frame`
    return { subject, reason, hint: 'copy the file again, or capture again' }
  }
  const gap = memoryGap(error)
  if (gap !== null) return gap
  throw error
}

/** What the bounds of the observation cost. */
export function boundGaps({ dropped }: WireFacts, subject: string): Gap[] {
  return dropped.map((reason) => ({ subject, reason, hint: 'narrow the capture to the VIP' }))
}
