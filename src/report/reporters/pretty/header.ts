import type { Report, ReportedCapture } from '../../report.js'
import { plural } from '../../wording.js'
import { hang, heading, mark, type Style } from './style.js'

const LABEL = 10
const SHOWN_ADDRESSES = 4

/** What was looked at: addresses, source, frames, hosts; and what limits it. */
export function header(report: Report, style: Style): string[] {
  return [
    ...title(report, style),
    ...labelled(style, 'Source', sourceWords(report)),
    ...labelled(style, 'Frames', report.capture && frameWords(report.capture)),
    ...labelled(style, 'Lost', report.capture && lossWords(report.capture)),
    ...labelled(style, 'Hosts', hostWords(report)),
    ...(report.run.interrupted
      ? hang(
          style,
          `  ${mark(style, 'warning')}`,
          LABEL,
          'Interrupted before the end: this covers what was seen until then.',
        )
      : []),
  ]
}

function title({ run, addresses }: Report, style: Style): string[] {
  const shown = addresses.slice(0, SHOWN_ADDRESSES).map(({ ip }) => ip)
  const more = addresses.length - shown.length
  const of = shown.length > 0 ? ` of ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}` : ''
  return hang(style, '', 0, `l2doctor ${run.command}${of}`, (line) => heading(style, line))
}

function labelled(style: Style, label: string, text: string | null): string[] {
  return text ? hang(style, `  ${style.paint.dim(label)}`, LABEL, text) : []
}

const KINDS = { file: 'capture file', live: 'live', stdin: 'capture on standard input', ssh: 'over SSH' }

function sourceWords({ run: { source }, capture }: Report): string | null {
  if (!source) return null
  const engine = source.engine === 'file' ? '' : ` with ${source.engine}`
  return `${source.name}, ${KINDS[source.kind]}${engine}${promiscuityWords(capture?.promiscuityChanged ?? null)}`
}

function promiscuityWords(changed: boolean | null): string {
  if (changed === null) return ''
  return changed
    ? '; the capture switched promiscuous mode on, which can hide a fault'
    : '; promiscuous mode left as it was'
}

function frameWords(capture: ReportedCapture): string {
  const seconds = `${Number(capture.durationSeconds.toFixed(1))} s`
  const { requests, replies, gratuitous, probes } = capture
  return (
    `${plural(capture.frames, 'frame')} in ${seconds}, ${capture.arp} of them ARP: ${plural(requests, 'request')}, ` +
    `${plural(replies, 'reply', 'replies')}, ${gratuitous} gratuitous, ${plural(probes, 'probe')}; ` +
    `at most ${capture.peakArpPerSecond} a second`
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

function hostWords({ nodes }: Report): string | null {
  if (nodes.length === 0) return null
  const missed = nodes.filter(({ reached }) => !reached).map(({ name }) => name)
  const reached = `${nodes.length - missed.length} of ${nodes.length} read`
  return missed.length > 0 ? `${reached}; not ${missed.join(', ')}` : reached
}
