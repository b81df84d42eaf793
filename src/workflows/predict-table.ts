import { wireInterfaces } from '../answering/interfaces.js'
import type { Prediction, Reason } from '../answering/model.js'
import type { Steps } from '../steps.js'
import { formatMac } from '../wire/mac.js'
import { ask, type Candidate, type Predicted } from './predict.js'
import type { AskedQuestion } from './predict-questions.js'

/** One line of the table: a host, an interface, and what comes of it. */
interface Row {
  readonly host: string
  readonly interface: string
  readonly before: Prediction | null
  readonly now: Prediction
}

/** For people, a text for each question: a table of hosts and interfaces, then who answers in the end. `all`: every check, not only the deciding one. */
export function* predictingTexts(
  questions: readonly AskedQuestion[],
  hosts: readonly Candidate[],
  all: boolean,
): Steps<Predicted<string>> {
  const done: string[] = []
  for (const question of questions) {
    const rows: Row[] = []
    for (const candidate of hosts) {
      const stopped = yield
      if (stopped !== null) return { done, stopped }
      rows.push(...rowsOf(question, candidate))
    }
    done.push(predictionText(question, rows, all))
  }
  return { done, stopped: null }
}

function predictionText(question: AskedQuestion, rows: readonly Row[], all: boolean): string {
  const changes = rows.some(({ before }) => before !== null)
  const head = ['HOST', 'INTERFACE', ...(changes ? ['BEFORE', 'AFTER'] : ['ANSWERS']), 'MAC', 'PATH', 'BECAUSE']
  const cells = rows.map((row) => [
    row.host,
    row.interface,
    ...(changes ? [(row.before ?? row.now).answers] : []),
    row.now.answers,
    macsOf(row.now),
    pathsOf(row.now),
    decidingText(row.now),
  ])
  const lines = aligned([head, ...cells])
  const body = all
    ? lines.flatMap((line, at) => [line, ...(at === 0 ? [] : rows[at - 1]!.now.because.map(reasonText))])
    : lines
  return [headline(question), ...body, ...footnotes(rows), summary(rows)].join('\n')
}

/** Where several devices hear the request (a macvlan beside its parent) and one answers, what that one says of itself. */
function decidingText({ answers, because }: Prediction): string {
  const answering = answers === 'yes' ? checkedInTurn(because).findLast(leadsToAnswer) : undefined
  const checks = answering ?? because
  return checks.findLast(({ outcome }) => outcome !== 'passes')?.text ?? checks.at(-1)?.text ?? ''
}

/** The checks of each device: they begin alike. */
function checkedInTurn(because: readonly Reason[]): readonly (readonly Reason[])[] {
  const turns: Reason[][] = []
  for (const reason of because) {
    if (reason.check === because[0]!.check) turns.push([])
    turns.at(-1)!.push(reason)
  }
  return turns
}

function leadsToAnswer(checks: readonly Reason[]): boolean {
  return checks.at(-1)!.outcome !== 'stops' && checks.every(({ outcome }) => outcome !== 'doubt')
}

function rowsOf(asked: AskedQuestion, { record, host, changed }: Candidate): Row[] {
  const on = asked.text.on ?? wireInterfaces(changed ?? host)
  const names = on.length > 0 && host.sections.links.known ? on : ['-']
  return names.map((name) => {
    const one = name === '-' ? asked : { ...asked, text: { ...asked.text, on: [name] } }
    return {
      host: record.name,
      interface: name,
      before: changed === null ? null : ask(host, one),
      now: ask(changed ?? host, one),
    }
  })
}

function headline({ text: { target, asker = null, to = null, vlan = null } }: AskedQuestion): string {
  const way = to === null ? 'broadcast' : `unicast to ${to}`
  return `${target}: ${asker === null ? 'an RFC 5227 probe' : `a request from ${asker}`}, ${way}${vlan === null ? '' : `, VLAN ${vlan}`}`
}

function macsOf({ replies, possible }: Prediction): string {
  return [...replies, ...possible].map(({ mac }) => (mac === null ? '?' : formatMac(mac))).join(' ') || '-'
}

function pathsOf({ replies, possible }: Prediction): string {
  const text = ({ path, delayMs, announcer }: Prediction['replies'][number]) =>
    `${announcer ?? path}${delayMs > 0 ? ` (within ${delayMs} ms)` : ''}`
  return [...new Set([...replies, ...possible].map(text))].join(', ') || '-'
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table.map(
    (row) => `  ${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at]!))).join('  ')}`,
  )
}

function reasonText({ check, outcome, setting, value, from, text }: Reason): string {
  return `      ${check} ${outcome}: ${text} [${setting} = ${value}; ${from}]`
}

function footnotes(rows: readonly Row[]): string[] {
  return rows
    .flatMap(({ host, now: { missing, assumed } }) => [
      ...missing.map((what) => `  Not known of ${host}: ${what}`),
      ...assumed.map((what) => `  Assumed of ${host}: ${what}`),
    ])
    .filter((line, at, lines) => lines.indexOf(line) === at)
}

function summary(rows: readonly Row[]): string {
  const of = (answers: Prediction['answers']) => [
    ...new Set(rows.filter(({ now }) => now.answers === answers).map(({ host }) => host)),
  ]
  const [yes, open] = [of('yes'), of('unknown')]
  const sure =
    yes.length === 0 ? 'No host answers for certain' : `${yes.join(', ')} ${yes.length === 1 ? 'answers' : 'answer'}`
  if (open.length === 0) return yes.length === 0 ? 'No host answers.' : `${sure}.`
  return `${sure}; not known of ${open.join(', ')}.`
}
