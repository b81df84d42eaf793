import { el, type Html } from '../../report/reporters/html/elements.js'
import type { Machine } from '../model.js'
import { isSame } from '../vip-state.js'
import { MINUTES } from './last-hour.js'
import type { Run, VipStatus } from './status.js'

const MINUTE_MS = 60_000
const MOST_LANES = 4
/** What a reader of the page hears of one lane. */
const MOST_SPANS = 6

/** The last hour of an address: one lane for each machine that answered, and behind all lanes when nobody did. */
export function lanes({ lastHour }: VipStatus): Html {
  const machines = machinesOf(lastHour)
  const end = Date.parse(lastHour.at(-1)?.to ?? '') + MINUTE_MS
  const drawn = machines.length > 0 ? machines.slice(0, MOST_LANES) : [null]
  const left = machines.length - MOST_LANES
  return el('div', {}, [
    ...drawn.map((machine) => lane(machine, lastHour, end)),
    ...(left > 0 ? [el('div', { class: 'quiet' }, [`and ${left} more`])] : []),
  ])
}

export function machineName({ mac, node }: Machine): string {
  return node ?? mac
}

/** `22:13`, of a time in ISO 8601. */
export function clock(iso: string): string {
  return iso.slice(11, 16)
}

function machinesOf(hour: readonly Run[]): Machine[] {
  const all: Machine[] = []
  for (const machine of hour.flatMap(({ machines }) => machines).reverse())
    if (!all.some((known) => isSame(known, machine))) all.push(machine)
  return all
}

function lane(machine: Machine | null, hour: readonly Run[], end: number): Html {
  const name = machine === null ? 'nobody' : machineName(machine)
  const spans = hour.map((run) => ({
    run,
    answers: machine !== null && run.machines.some((one) => isSame(one, machine)),
  }))
  const bars = spans.flatMap(({ run, answers }) => bar(run, answers, end))
  const words = spans.filter(({ answers, run }) => answers || run.machines.length === 0).map(spoken)
  const view = { role: 'img', viewBox: `0 0 ${MINUTES} 10`, preserveAspectRatio: 'none' }
  const label = `${name}: ${words.slice(-MOST_SPANS).join(', ') || 'nothing yet'}`
  return el('div', { class: 'lane' }, [
    el('span', {}, [name]),
    el('svg', { ...view, 'aria-label': label }, [el('title', {}, [label]), ...bars]),
  ])
}

/** An answer fills the lane, silence is a line at the bottom, what is unknown a low bar: colour alone decides nothing. */
function bar({ from, to, verdict, machines }: Run, answers: boolean, end: number): Html[] {
  const x = MINUTES - (end - Date.parse(from)) / MINUTE_MS
  const width = (Date.parse(to) - Date.parse(from)) / MINUTE_MS + 1
  const rect = (name: string, y: number) =>
    el('rect', { class: name, x: `${x}`, y: `${y}`, width: `${width}`, height: `${10 - y}` })
  if (answers) return [rect(FILL[verdict], 0)]
  if (machines.length > 0) return []
  return [verdict === 'findings' ? rect('bad', 8) : rect('doubt', 5)]
}

const FILL: Record<Run['verdict'], string> = { healthy: 'good', findings: 'bad', inconclusive: 'doubt' }

function spoken({ run, answers }: { readonly run: Run; readonly answers: boolean }): string {
  const what = answers ? 'answered' : run.verdict === 'findings' ? 'nobody answered' : 'unknown'
  return `${what} ${clock(run.from)} to ${clock(run.to)}${answers && run.verdict === 'findings' ? ' (at fault)' : ''}`
}
