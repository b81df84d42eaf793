import { modeWords } from '../../../rules/wire/evidence.js'
import { formatMac, ZERO_MAC } from '../../../wire/mac.js'
import type { ReportedAddress } from '../../report.js'
import { hang, type Style } from './style.js'

type Round = ReportedAddress['timeline'][number]

const INDENT = 2
const LABEL = 19
const SHOWN_ROWS = 8

/** Who answered when: one row a MAC, one column a round, or several rounds a column where they are too many. */
export function timeline(address: ReportedAddress, style: Style): string[] {
  const macs = answeringMacs(address)
  if (macs.length === 0) return []
  const room = style.width - INDENT - LABEL
  const drawn = address.timeline.length <= room ? single(address, style) : grouped(address.timeline, room, style)
  const rows = macs.slice(0, SHOWN_ROWS).map((mac) => ' '.repeat(INDENT) + mac.padEnd(LABEL) + drawn.row(mac))
  const hidden = macs.length - rows.length
  return [
    ...hang(style, '', INDENT, `When: ${drawn.legend}`, style.paint.dim),
    ...(drawn.modes === null ? [] : [' '.repeat(INDENT + LABEL) + style.paint.dim(drawn.modes)]),
    ...rows.map((row) => row.trimEnd()),
    ...(hidden > 0 ? hang(style, '', INDENT, `and ${hidden} more MACs`) : []),
    ...(style.verbose
      ? [...address.timeline.flatMap((round, index) => roundLine(round, index, address.ip, style))]
      : []),
  ]
}

/** Whether it is not the same in each round: a machine missed some, or others came first. */
export function varies({ claims, rounds }: ReportedAddress): boolean {
  return claims.some((claim) => claim.rounds < rounds || (claim.firstAnswers > 0 && claim.firstAnswers < rounds))
}

/** In the order of the table, so that the rows can be read together. */
function answeringMacs({ timeline, claims }: ReportedAddress): string[] {
  const answered = new Set(timeline.flatMap(({ answers }) => answers.map(({ mac }) => mac)))
  return [...new Set([...claims.map(({ mac }) => mac), ...answered])].filter((mac) => answered.has(mac))
}

interface Drawn {
  readonly legend: string
  readonly modes: string | null
  readonly row: (mac: string) => string
}

function single({ ip, timeline: rounds }: ReportedAddress, { signs }: Style): Drawn {
  const asked = new Set(rounds.map(({ mode }) => mode))
  const modes = (['broadcast', 'probe', 'unicast'] as const).filter((mode) => asked.has(mode))
  return {
    legend: `${signs.first} first, ${signs.later} later, ${signs.silent} no answer; ${modes.map((mode) => `${letterOf(mode, ip)} ${modeWords(mode, ip)}`).join(', ')}`,
    modes: rounds.map(({ mode }) => letterOf(mode, ip)).join(''),
    row: (mac) => rounds.map((round) => sign(round, mac, signs)).join(''),
  }
}

function letterOf(mode: Round['mode'], ip: string): string {
  return modeWords(mode, ip).charAt(0)
}

/** Where one machine was asked, the silence of the others means nothing and is left blank. */
function sign({ to, answers }: Round, mac: string, signs: Style['signs']): string {
  const place = answers.findIndex((answer) => answer.mac === mac)
  if (place === 0) return signs.first
  if (place > 0) return signs.later
  return to === null || to === mac ? signs.silent : ' '
}

function grouped(timeline: readonly Round[], room: number, { signs }: Style): Drawn {
  const rounds = timeline.filter(({ to }) => to === null)
  const size = Math.max(1, Math.ceil(rounds.length / room))
  const groups = Array.from({ length: Math.ceil(rounds.length / size) }, (_, at) =>
    rounds.slice(at * size, (at + 1) * size),
  )
  const share = (group: readonly Round[], mac: string) =>
    group.filter(({ answers }) => answers.some((answer) => answer.mac === mac)).length / group.length
  const groupSign = (part: number) => (part === 1 ? signs.first : part > 0 ? signs.some : signs.silent)
  return {
    legend: `one column is ${size} rounds; answered ${signs.first} all, ${signs.some} some, ${signs.silent} none; unicast left out`,
    modes: null,
    row: (mac) => groups.map((group) => groupSign(share(group, mac))).join(''),
  }
}

/** A cooked header names no receiver. */
const UNKNOWN = formatMac(ZERO_MAC)

function roundLine({ atMs, mode, to, answers }: Round, index: number, ip: string, style: Style): string[] {
  const told = answers.map(({ mac, afterMs }) => `${mac} after ${afterMs} ms`).join(', ') || 'no answer'
  return hang(
    style,
    '',
    INDENT + 2,
    `round ${index + 1} at +${atMs} ms, ${modeWords(mode, ip)}${to === null || to === UNKNOWN ? '' : ` to ${to}`}: ${told}`,
  )
}
