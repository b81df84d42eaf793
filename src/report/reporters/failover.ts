import type { FailoverAddress, FailoverReport, MeasuredFailover, StatedPromise } from '../../failover/report.js'
import { plural } from '../plural.js'
import { inert, printable, printableJson, printableReport } from '../printable.js'
import { picture } from './failover/picture.js'
import { coloured, hang, type Mark, mark, type Style, styleFor } from './pretty/style.js'
import { toAscii } from './pretty/text.js'
import type { RenderOptions } from './reporter.js'

const LABEL = 11
const MARKS: Readonly<Record<FailoverReport['verdict'], Mark>> = {
  measured: 'ok',
  slow: 'error',
  inconclusive: 'warning',
}

/** Exactly one object, as docs/failover.schema.json describes it. */
export function failoverJson(report: FailoverReport): string {
  return `${printableJson(report)}\n`
}

/** For a person at a terminal: of each address how long it had no owner, a picture of each failover, and what that is worth. */
export function failoverText(report: FailoverReport, options: RenderOptions): string {
  const style = styleFor(options)
  const shown = printableReport(report, options.unicode ? printable : (text) => toAscii(printable(text)))
  const blocks = [
    ...shown.addresses.flatMap((address) => ofAddress(style, address, shown)),
    ...(shown.gaps.length > 0 ? [gaps(style, shown)] : []),
  ]
  return `${inert(blocks.map((lines) => lines.join('\n')).join('\n\n'))}\n`
}

function ofAddress(style: Style, address: FailoverAddress, report: FailoverReport): string[][] {
  const { failovers, visits, outages, because } = address
  const several = failovers.length > 1
  return [
    [
      ...headline(style, address),
      ...(because === null || failovers.length === 0 ? [] : line(style, 'Verdict', because)),
      ...(several ? summary(style, address) : []),
      ...line(style, 'Fineness', fineness(address, report)),
      ...outages.flatMap((one) =>
        line(style, 'Silent', `${span(one)} from ${clock(one.from)}: then the same machine answered again`),
      ),
      ...visits.flatMap((one) =>
        line(style, 'Also', `${one.mac} answered from ${clock(one.from)} to ${clock(one.until)}, and stopped`),
      ),
    ],
    ...failovers.map((move, index) => ofMove(style, move, several ? `Failover ${index + 1}` : 'Failover')),
  ]
}

function headline(style: Style, { ip, vlans, verdict, failovers, because, worst }: FailoverAddress): string[] {
  const where = vlans.length === 0 ? ip : `${ip} on VLAN ${vlans.join('.')}`
  const text =
    worst === null
      ? `${where}: ${because}`
      : `${where}: ${plural(failovers.length, 'failover')}, nobody answered for ${span(worst)}${failovers.length > 1 ? ' at worst' : ''}`
  const sign = style.signs.marks[MARKS[verdict]]
  return hang(style, mark(style, MARKS[verdict]), sign.length + 1, text, (part) =>
    coloured(style, MARKS[verdict], part),
  )
}

function summary(style: Style, { failovers, median, worst }: FailoverAddress): string[] {
  if (median === null || worst === null) return []
  return line(style, 'Silence', `median ${span(median)}, worst ${span(worst)}, of ${failovers.length}`)
}

/** What the times above are worth. */
function fineness({ askEvery, asked, answered }: FailoverAddress, { clock: of }: FailoverReport): string {
  const every =
    askEvery === null ? '' : ` every ${round(askEvery.medianMs)} ms, at most ${round(askEvery.longestMs)} ms apart`
  return `asked ${plural(asked, 'time')}${every}; ${plural(answered, 'answer')}; times by the ${of === 'kernel' ? "kernel's clock" : 'clock of a program'}`
}

function ofMove(style: Style, move: MeasuredFailover, title: string): string[] {
  return [
    ...line(style, title, `from ${who(move.from)} to ${who(move.to)}, at ${clock(move.startedAt)}`),
    ...line(style, 'Silent', span(move.silence)),
    ...(move.overlap === null ? [] : line(style, 'Overlap', `both answered for ${span(move.overlap)}`)),
    ...(move.promise === null ? [] : line(style, 'Promise', promised(move.promise))),
    '',
    ...picture(style, move),
    '',
    ...events(move).flatMap(({ atMs, text }) => hang(style, `  ${seconds(atMs)}`, LABEL, text)),
  ]
}

function promised({ announcer, leastMs, mostMs, because, source, of, measured, kept }: StatedPromise): string {
  const verdict = kept === null ? 'undecided at this fineness' : kept ? 'kept' : 'not kept'
  const what = of === 'adverts' ? 'without an advert' : 'without an answer'
  return `${verdict}: ${announcer} takes over in ${seconds(leastMs)} to ${seconds(mostMs)} (${because}; ${source}); ${span(measured)} ${what}`
}

/** What happened, in its order, from the start of it. */
function events(move: MeasuredFailover): { readonly atMs: number; readonly text: string }[] {
  const since = (at: string) => (micros(at) - micros(move.startedAt)) / 1000
  const { announced, ownEntry } = move
  const all = [
    { atMs: since(move.lastAnswerOfOld), text: `last answer of ${who(move.from)}` },
    { atMs: since(move.firstAnswerOfNew), text: `first answer of ${who(move.to)}` },
    ...(announced
      ? [{ atMs: since(announced.at), text: `first announcement of ${who(move.to)}: ${announced.form}` }]
      : []),
    ...(ownEntry?.changedAt ? [{ atMs: since(ownEntry.changedAt), text: entryChanged(ownEntry) }] : []),
  ]
  const never = [
    ...(announced
      ? []
      : ['no announcement was seen: who does not ask again sends to the old machine until its entry expires']),
    ...(ownEntry && ownEntry.changedAt === null
      ? [`this machine's own entry on ${ownEntry.interface} did not change`]
      : []),
  ]
  const last = Math.max(...all.map(({ atMs }) => atMs))
  return [...all.sort((one, other) => one.atMs - other.atMs), ...never.map((text) => ({ atMs: last, text }))]
}

function entryChanged({ interface: name, by }: NonNullable<MeasuredFailover['ownEntry']>): string {
  const why =
    by === 'announcement'
      ? 'after the announcement'
      : 'after the answer to a request of its own: machines that do not ask have not learnt it'
  return `this machine's own entry on ${name} changed, ${why} (by the clock of \`ip\`)`
}

function gaps(style: Style, { gaps: all }: FailoverReport): string[] {
  return all.flatMap(({ subject, reason, hint, decisive }) =>
    hang(
      style,
      mark(style, decisive ? 'warning' : 'skipped'),
      5,
      `${subject}: ${reason}${hint === '' ? '' : `; ${hint}`}`,
    ),
  )
}

function line(style: Style, label: string, text: string): string[] {
  return hang(style, `  ${label}`, LABEL + (label.length > 8 ? label.length - 8 : 0), text)
}

function who({ mac, master, node }: MeasuredFailover['from']): string {
  const names = [...(node === null ? [] : [node]), ...(master === null ? [] : [`master ${master}`])]
  return names.length === 0 ? mac : `${mac} (${names.join(', ')})`
}

/** `0.21 to 0.31 s`, `at most 0.10 s`. */
function span({ leastMs, mostMs }: { readonly leastMs: number; readonly mostMs: number }): string {
  if (leastMs === 0) return `at most ${seconds(mostMs)}`
  const [least, most] = [seconds(leastMs), seconds(mostMs)]
  return least === most ? least : `${least.slice(0, -2)} to ${most}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function round(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms))
}

/** The time of day, UTC. */
function clock(iso: string): string {
  return `${iso.slice(11, 23)} UTC`
}

function micros(iso: string): number {
  return Date.parse(`${iso.slice(0, 19)}Z`) * 1000 + Number(iso.slice(20, 26))
}
