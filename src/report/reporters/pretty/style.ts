import { Chalk, type ChalkInstance } from 'chalk'
import type { Severity } from '../../../rules/define.js'
import type { RenderOptions } from '../reporter.js'
import { padEnd, wrap } from './text.js'

export type Mark = Severity | 'ok' | 'skipped'

/** Signs of our own, per kind of terminal. */
const UNICODE = {
  marks: { ok: '√', warning: '‼', error: '×', info: 'i', skipped: '-' } satisfies Record<Mark, string>,
  line: '─',
  dot: '·',
  dash: '–',
  ellipsis: '…',
  first: '●',
  later: '○',
  some: '◐',
  silent: '·',
  announced: '▲',
}
const ASCII: typeof UNICODE = {
  marks: { ok: '[ok]', warning: '[!!]', error: '[xx]', info: '[ii]', skipped: '[--]' },
  line: '-',
  dot: '-',
  dash: '-',
  ellipsis: '...',
  first: '#',
  later: '+',
  some: '+',
  silent: '.',
  announced: '^',
}

const NARROWEST = 60
const WIDEST = 140

/** What every section of the pretty report draws with. A section is a function to lines, none wider than `width`. */
export interface Style {
  readonly width: number
  readonly verbose: boolean
  readonly quiet: boolean
  readonly paint: ChalkInstance
  readonly signs: typeof UNICODE
}

export function styleFor({ width, colour, unicode, verbose, quiet }: RenderOptions): Style {
  return {
    width: Math.max(NARROWEST, Math.min(width, WIDEST)),
    verbose,
    quiet,
    paint: new Chalk({ level: colour ? 1 : 0 }),
    signs: unicode ? UNICODE : ASCII,
  }
}

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red', info: 'cyan', skipped: 'gray' } as const

/** `×`, in its colour. */
export function mark(style: Style, kind: Mark): string {
  return style.paint[COLOURS[kind]](style.signs.marks[kind])
}

/** Text in the colour of a mark, for headlines. */
export function coloured(style: Style, kind: Mark, text: string): string {
  return style.paint[COLOURS[kind]].bold(text)
}

export function heading(style: Style, text: string): string {
  return style.paint.bold(text)
}

/** Wrapped text behind a lead (a mark, a label); further lines hang under the first one's text. */
export function hang(
  style: Style,
  lead: string,
  leadWidth: number,
  text: string,
  paint = (line: string) => line,
): string[] {
  const lines = wrap(text, style.width - leadWidth)
  return lines.map((line, index) => `${index === 0 ? padEnd(lead, leadWidth) : ' '.repeat(leadWidth)}${paint(line)}`)
}

/** A command to copy: on a line of its own and never wrapped; several lines stay several. */
export function command(style: Style, indent: number, run: string): string[] {
  return run.split('\n').map((line) => ' '.repeat(indent) + style.paint.cyan(line.replaceAll('\t', ' ')))
}
