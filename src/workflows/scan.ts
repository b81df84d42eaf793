import type { FrameSource } from '../capture/source.js'
import type { FactTable } from '../facts/facts.js'
import type { Question } from '../facts/question.js'
import { CannotLook, type Gap, type Known, known } from '../known.js'
import type { WireFacts } from '../observe/model.js'
import { Observer } from '../observe/observer.js'
import { type Names, reportAddresses } from '../report/addresses.js'
import { type CaptureConditions, reportCapture } from '../report/assemble.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { CaptureFormatError } from '../wire/capture-format.js'
import { conclude } from './conclude.js'

export interface ScanRequest {
  readonly question: Question
  readonly allAddresses: boolean
  readonly suppressions: readonly Suppression[]
}

export interface ScanAdapters {
  readonly source: FrameSource
  /** Read after the source has ended. */
  readonly conditions: () => CaptureConditions
  readonly names: Names
  readonly now: () => Date
  readonly version: string
}

/** Frames → facts → report. `interrupted` ends the capture; what was seen until then is judged. */
export async function scan(request: ScanRequest, adapters: ScanAdapters, interrupted: AbortSignal): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  const wire = await look(request, adapters.source, interrupted)
  const facts: FactTable = { question: known(request.question, 'command line'), wire }
  return conclude(facts, {
    run: {
      command: 'scan',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: adapters.source.source,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    capture: wire.known ? reportCapture(wire.value.capture, adapters.conditions()) : null,
    addresses: wire.known ? reportAddresses(wire.value, adapters.names) : [],
    nodes: [],
    gaps: wire.known ? captureGaps(wire.value, adapters.source.source.name) : [wire.gap],
    couldLook: wire.known && couldRead(wire.value),
  })
}

async function look(request: ScanRequest, source: FrameSource, interrupted: AbortSignal): Promise<Known<WireFacts>> {
  const observer = new Observer({ asked: request.question.vips, allAddresses: request.allAddresses })
  const stop = () => source.stop()
  interrupted.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of source.bytes()) observer.push(chunk)
    return known(observer.finish(), source.source.name)
  } catch (error) {
    return { known: false, gap: gapOf(error, source.source.name) }
  } finally {
    interrupted.removeEventListener('abort', stop)
  }
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
