import type { FrameSource } from '../capture/source.js'
import type { ClusterNode } from '../cluster/model.js'
import type { MacOwner } from '../facts/attribution.js'
import { ownersFromNodeIps } from '../facts/mac-owners.js'
import { CannotLook, type Gap, type Known, known } from '../known.js'
import type { Core } from '../observe/core.js'
import type { ObserveOptions, WireFacts } from '../observe/model.js'
import { type Noter, Observer } from '../observe/observer.js'
import { CaptureFormatError, CutShortError } from '../wire/capture-format.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Look } from './look.js'

/** What came of looking; `look` is null when nothing could be opened. */
export interface Seen {
  readonly look: Look | null
  readonly wire: Known<WireFacts>
  /** Nodes by the MACs that spoke as their addresses. */
  readonly owners: readonly MacOwner[]
  readonly gaps: readonly Gap[]
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
  startNoter?: (core: Core) => Noter,
): Promise<Seen> {
  let look: Look | null = null
  const observer = new Observer(options)
  try {
    if (startNoter !== undefined) observer.noteAside(startNoter)
    look = await open()
    const { gaps, cutShort } = await watch(look, observer, interrupted)
    const { name } = look.source.source
    const wire = await observer.finishAside(cutShort)
    const owners = ownersFromNodeIps(nodes, (ip) => observer.claimants(ip))
    return { look, wire: known(wire, name), owners, gaps: [...gaps, ...captureGaps(wire, name)] }
  } catch (error) {
    const gap = gapOf(error, look?.source.source.name ?? 'capture')
    return { look, wire: { known: false, gap }, owners: [], gaps: [gap] }
  } finally {
    observer.close()
  }
}

interface Watched {
  readonly gaps: readonly Gap[]
  /** The source broke off before its end. */
  readonly cutShort: boolean
}

/** Reads the source to its end while the look's work (if any) goes on; either ends the other. */
async function watch(look: Look, observer: Observer, interrupted: AbortSignal): Promise<Watched> {
  const over = new AbortController()
  const signal = AbortSignal.any([interrupted, over.signal])
  const working = (look.work?.(heardBy(observer), signal) ?? aborted(signal)).finally(() => look.source.stop())
  const reading = read(look.source, observer).finally(() => over.abort())
  const [done, watched] = await Promise.all([working, reading])
  return { ...watched, gaps: [...watched.gaps, ...(done ?? [])] }
}

/** What was read before a source failed still counts. */
async function read(source: FrameSource, observer: Observer): Promise<Watched> {
  let started = false
  try {
    for await (const chunk of source.bytes(observer.buffer)) {
      await observer.pushAside(chunk)
      started = true
    }
    return { gaps: [], cutShort: false }
  } catch (error) {
    if (started && error instanceof CutShortError) return { gaps: [], cutShort: true }
    if (started && error instanceof CannotLook) return { gaps: [error.gap], cutShort: false }
    throw error
  }
}

function heardBy(observer: Observer) {
  return (vip: Ipv4) => {
    const proven = observer.responders(vip, 'probe')
    return observer.responders(vip).map((mac) => ({ mac, answeredProbe: proven.includes(mac) }))
  }
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
  throw error
}

/** Whether the wire was seen; no frames, or none that we could read, are not a quiet wire. */
export function sawWire({ wire }: Seen): boolean {
  if (!wire.known) return false
  const { frames, arp, unreadLinkTypes } = wire.value.capture
  return frames > 0 && (unreadLinkTypes.length === 0 || arp > 0)
}

function captureGaps({ capture, dropped }: WireFacts, name: string): Gap[] {
  const gaps: Gap[] = capture.unreadLinkTypes.map((link) => ({
    subject: name,
    reason: `link type ${link.name} is not read (${link.frames} frames)`,
    hint: 'capture on the Ethernet interface itself, or on `any` (LINUX_SLL2)',
  }))
  if (capture.frames === 0) {
    gaps.push({ subject: name, reason: 'not one frame was captured', hint: 'look longer, or on another interface' })
  }
  if (capture.truncatedFile) {
    gaps.push({
      subject: name,
      reason: 'the file ends inside a frame; read to the last whole one',
      hint: 'copy it anew',
    })
  }
  return gaps.concat(dropped.map((reason) => ({ subject: name, reason, hint: 'narrow the capture to the VIP' })))
}
