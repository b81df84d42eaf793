import type { Report, ReportedCapture } from '../../report.js'
import { gapWords, TRUTH_NAMES } from '../../truths.js'
import { plural } from '../../wording.js'
import { row } from './rows.js'
import { hang, heading, type Style } from './style.js'

type TruthName = (typeof TRUTH_NAMES)[number]
const SHOWN_ADDRESSES = 4

/** What was looked at: the three truths, then source and frames; and what limits it. */
export function lookedAt(report: Report, style: Style): string[] {
  const { capture } = report
  return [
    ...(style.verbose ? title(report, style) : []),
    ...read(report, style),
    ...partly(report, style),
    ...labelled(style, 'Frames', style.verbose ? capture && frameWords(capture) : null),
    ...labelled(style, 'IPv6', style.verbose ? capture && discoveryWords(capture) : null),
    ...labelled(style, 'Lost', capture && lossWords(capture)),
    ...labelled(style, 'Beside', capture && notJudgedWords(capture)),
  ]
}

function title({ run, addresses }: Report, style: Style): string[] {
  const shown = addresses.slice(0, SHOWN_ADDRESSES).map(({ ip }) => ip)
  const more = addresses.length - shown.length
  const of = shown.length > 0 ? ` of ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : ''
  return hang(style, '', 0, `Looked at by ${run.command}${of}`, (line) => heading(style, line))
}

/** `wire, cluster, hosts (3 of 3): whole`. */
function wholeWords(report: Report): string {
  const whole = TRUTH_NAMES.filter((name) => isWhole(name, report))
  return whole.length > 0 ? `${whole.map((name) => `${name}${counted(name, report)}`).join(', ')}: whole` : ''
}

function read(report: Report, style: Style): string[] {
  const [whole, source] = [wholeWords(report), sourceWords(report, style)]
  if (whole === '') return labelled(style, 'Source', source)
  return labelled(style, 'Read', source === null ? whole : `${whole}; ${source}`)
}

const READ_LABEL = { whole: 'Read', partly: 'Partly', no: 'Not read' }

function partly(report: Report, style: Style): string[] {
  const others = TRUTH_NAMES.filter((name) => !isWhole(name, report))
  return others.flatMap((name) => {
    const { asked, read } = report.truths[name]
    return labelled(style, asked ? READ_LABEL[read] : 'Not used', `${name}${becauseOf(name, report)}`)
  })
}

function isWhole(name: TruthName, { truths }: Report): boolean {
  return truths[name].read === 'whole' && truths[name].because === null
}

/** What the first line or `Not checked` says is not said again. */
function becauseOf(name: TruthName, { truths, gaps }: Report): string {
  const { asked, because } = truths[name]
  const known = asked && gaps.some((gap) => because === gapWords(gap))
  return because === null || known ? '' : `: ${because}`
}

/** How many hosts are behind the word `whole`. */
function counted(name: TruthName, { nodes }: Report): string {
  return name === 'hosts' ? ` (${nodes.length} of ${nodes.length})` : ''
}

function labelled(style: Style, label: string, text: string | null): string[] {
  return text ? row(style, label, text) : []
}

const KINDS = {
  file: 'capture file',
  live: 'live',
  stdin: 'capture on standard input',
  ssh: 'over SSH',
  pod: 'in a pod',
}

function sourceWords({ run: { source }, capture }: Report, { verbose }: Style): string | null {
  if (!source) return null
  const engine = source.engine === 'file' ? '' : ` with ${source.engine}`
  const frames = verbose || capture === null ? '' : `, ${plural(capture.frames, 'frame')} in ${secondsOf(capture)}`
  return `${source.name}, ${KINDS[source.kind]}${engine}${frames}${promiscuityWords(capture?.promiscuityChanged ?? null)}`
}

function secondsOf({ durationSeconds }: ReportedCapture): string {
  return `${Number(durationSeconds.toFixed(1))} s`
}

function promiscuityWords(changed: boolean | null): string {
  if (changed === null) return ''
  return changed ? '; promiscuous mode switched on, which can hide a fault' : '; promiscuous mode left as it was'
}

function frameWords(capture: ReportedCapture): string {
  const { requests, replies, gratuitous, probes } = capture
  const copies = capture.copies > 0 ? ` (${capture.copies} of them copies of the same frame: left out)` : ''
  const frames = `${plural(capture.frames, 'frame')} in ${secondsOf(capture)}${copies}`
  if (capture.arp === 0 && discoveryWords(capture) !== null) return frames
  return (
    `${frames}, ${capture.arp} of them ARP, for all addresses: ` +
    `${plural(requests, 'request')} (${plural(probes, 'probe')} among them), ${plural(replies, 'reply', 'replies')}, ` +
    `${gratuitous} gratuitous; at most ${capture.peakArpPerSecond} a second`
  )
}

/** Null where there was none. */
function discoveryWords({ nd }: ReportedCapture): string | null {
  const { neighborSolicitations, neighborAdvertisements, unsolicited, dad } = nd
  const ofRouters = nd.routerSolicitations + nd.routerAdvertisements + nd.redirects
  if (neighborSolicitations + neighborAdvertisements + ofRouters === 0) return null
  return (
    `neighbour discovery: ${plural(neighborSolicitations, 'solicitation')} (${dad} from ::), ` +
    `${plural(neighborAdvertisements, 'advertisement')} (${unsolicited} unsolicited), ${ofRouters} of routers`
  )
}

function lossWords(capture: ReportedCapture): string | null {
  const rejected = Object.entries(capture.decodeFailures).map(([reason, count]) => `${reason} ${count}`)
  const parts = [
    capture.dropped ? `${plural(capture.dropped, 'frame')} dropped by the kernel` : null,
    rejected.length > 0 ? `not readable: ${rejected.join(', ')}` : null,
    capture.truncatedFile ? 'the file ends inside a frame' : null,
  ]
  return parts.filter((part) => part !== null).join('; ') || null
}

function notJudgedWords({ notJudged }: ReportedCapture): string | null {
  if (notJudged.length === 0) return null
  return `not judged: ${notJudged.map(({ what, frames }) => `${what} ${frames}`).join(', ')}`
}
