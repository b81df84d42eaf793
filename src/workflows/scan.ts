import type { FrameSource } from '../capture/source.js'
import type { ClusterNode } from '../cluster/model.js'
import { attribute, type MacOwner } from '../facts/attribution.js'
import { type ClusterView, clusterGaps } from '../facts/cluster-view.js'
import type { ExpectedAnswers } from '../facts/expected.js'
import type { FactTable } from '../facts/facts.js'
import { ownersFromNodeIps } from '../facts/mac-owners.js'
import type { Question } from '../facts/question.js'
import { CannotLook, type Gap, type Known, known } from '../known.js'
import type { WireFacts } from '../observe/model.js'
import { Observer } from '../observe/observer.js'
import { type Names, reportAddresses } from '../report/addresses.js'
import { reportCapture } from '../report/assemble.js'
import { clusterNames } from '../report/cluster-names.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { CaptureFormatError, CutShortError } from '../wire/capture-format.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { conclude } from './conclude.js'
import type { Look } from './look.js'

export interface ScanRequest {
  readonly question: Omit<Question, 'own'>
  readonly allAddresses: boolean
  readonly suppressions: readonly Suppression[]
}

/** What is known beside the wire. */
export interface ScanContext {
  /** Null when no cluster was to be read. */
  readonly view: Known<ClusterView> | null
  /** MACs whose nodes are known from elsewhere. */
  readonly owners: readonly MacOwner[]
  /** What kept the scan from asking all it could. */
  readonly gaps: readonly Gap[]
}

export interface ScanAdapters {
  /** Opens the capture; throws CannotLook. */
  readonly open: () => Promise<Look>
  readonly names: Names
  readonly context: ScanContext
  readonly now: () => Date
  readonly version: string
}

/** What came of looking; `look` is null when nothing could be opened. */
interface Seen {
  readonly look: Look | null
  readonly wire: Known<WireFacts>
  /** Nodes by the MACs that spoke as their addresses. */
  readonly owners: readonly MacOwner[]
  readonly gaps: readonly Gap[]
}

/** Frames → facts → report. `interrupted` ends the capture; what was seen until then is judged. */
export async function scan(request: ScanRequest, adapters: ScanAdapters, interrupted: AbortSignal): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  const { context } = adapters
  const { look, wire, owners, gaps } = await see(request, adapters, interrupted)
  const question: Question = { ...request.question, own: look?.own ?? { macs: [], ips: [] } }
  const attribution = attribute([...context.owners, ...owners])
  const unread = context.view?.known === false ? context.view : null
  const expected: ExpectedAnswers = context.view?.known ? context.view.value.expected : new Map()
  const facts: FactTable = {
    question: known(question, 'command line'),
    wire,
    expected: unread && request.question.expectedMacs.length === 0 ? unread : known(expected, 'cluster'),
    attribution: known(attribution, 'scan'),
  }
  return conclude(facts, {
    run: {
      command: 'scan',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: look?.source.source ?? null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    capture: look && wire.known ? reportCapture(wire.value.capture, look.conditions()) : null,
    addresses: wire.known ? reportAddresses(wire.value, clusterNames(expected, attribution, adapters.names)) : [],
    nodes: [],
    gaps: [...gaps, ...context.gaps, ...(context.view ? clusterGaps(context.view) : [])],
    couldLook: wire.known && couldRead(wire.value),
  })
}

async function see(request: ScanRequest, adapters: ScanAdapters, interrupted: AbortSignal): Promise<Seen> {
  let look: Look | null = null
  try {
    look = await adapters.open()
    const observer = new Observer({ asked: request.question.vips, allAddresses: request.allAddresses })
    const { gaps, cutShort } = await watch(look, observer, interrupted)
    const { name } = look.source.source
    const wire = observer.finish(cutShort)
    const owners = ownersFromNodeIps(nodesOf(adapters.context), (ip) => observer.claimants(ip))
    return { look, wire: known(wire, name), owners, gaps: [...gaps, ...captureGaps(wire, name)] }
  } catch (error) {
    const gap = gapOf(error, look?.source.source.name ?? 'capture')
    return { look, wire: { known: false, gap }, owners: [], gaps: [gap] }
  }
}

function nodesOf({ view }: ScanContext): readonly ClusterNode[] {
  return view?.known && view.value.cluster.nodes.known ? view.value.cluster.nodes.value : []
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
    for await (const chunk of source.bytes()) {
      observer.push(chunk)
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

/** Frames that we could not read are not the same as no frames. */
function couldRead({ capture }: WireFacts): boolean {
  return capture.unreadLinkTypes.length === 0 || capture.arp > 0
}

function captureGaps({ capture, dropped }: WireFacts, name: string): Gap[] {
  const gaps: Gap[] = capture.unreadLinkTypes.map((link) => ({
    subject: name,
    reason: `link type ${link.name} is not read (${link.frames} frames)`,
    hint: 'capture on the Ethernet interface itself, or on `any` (LINUX_SLL2)',
  }))
  if (capture.truncatedFile) {
    gaps.push({
      subject: name,
      reason: 'the file ends inside a frame; read to the last whole one',
      hint: 'copy it anew',
    })
  }
  return gaps.concat(dropped.map((reason) => ({ subject: name, reason, hint: 'narrow the capture to the VIP' })))
}
