declare const composed: unique symbol

/** A command line that `sh` made: names in it are words to the shell, whatever they consist of. */
export type ShellCommand = string & { readonly [composed]: true }

/** A part of a command line that `part` made, options included; it goes into `sh` as it is. */
export class ShellPart {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A number, a word, or words; nothing, as of a name without namespace, is an empty word. */
type ShellValue = number | string | undefined | readonly string[] | ShellPart

/**
 * A command line to copy, the one way to make one: sh`ip link set dev ${name} up`. Each value is quoted where the shell
 * would read more than text into it; a list becomes one word an item. Values stand outside of quotes. Names come from the
 * hosts and objects under suspicion, and the kernel takes nearly anything for the name of an interface. A value that a
 * program would take for an option stands behind `--`.
 */
export function sh(parts: TemplateStringsArray, ...values: readonly ShellValue[]): ShellCommand {
  return compose(parts, values) as ShellCommand
}

/** A part of a command line with options of our own in it: part`-n ${namespace} ${name}`. */
export function part(parts: TemplateStringsArray, ...values: readonly ShellValue[]): ShellPart {
  return new ShellPart(compose(parts, values))
}

/** Several parts, one behind the other. */
export function parts(all: readonly ShellPart[]): ShellPart {
  return new ShellPart(all.map(({ text }) => text).join(' '))
}

/** One after the other, as long as they succeed. */
export function inTurn(commands: readonly ShellCommand[]): ShellCommand {
  return commands.join(' && ') as ShellCommand
}

/** One after the other, whatever becomes of them. */
export function each(commands: readonly ShellCommand[]): ShellCommand {
  return commands.join('; ') as ShellCommand
}

function compose(literals: readonly string[], values: readonly ShellValue[]): string {
  return literals.reduce((line, literal, at) => appended(line, values[at - 1]) + literal)
}

function appended(line: string, value: ShellValue): string {
  if (value instanceof ShellPart) return line + value.text
  const items = typeof value === 'object' ? value : [String(value ?? '')]
  return items.reduce((before, item, at) => withWord(at === 0 ? before : `${before} `, item), line)
}

function withWord(line: string, text: string): string {
  return `${line}${text.startsWith('-') && isOperand(line) ? '-- ' : ''}${shellWord(text)}`
}

/** What follows is an argument of its own, and belongs to no option or keyword before it. */
function isOperand(line: string): boolean {
  if (line !== '' && !line.endsWith(' ')) return false
  const words = (
    line
      .replace(QUOTED, 'Q')
      .split(/\|\|?|&&|;/)
      .at(-1) ?? ''
  )
    .trim()
    .split(/\s+/)
  return !words.includes('--') && !TAKES_A_VALUE.test(words.at(-1) ?? '')
}

const QUOTED = /'[^']*'|\\'|"[^"]*"/g

/** An option that takes a value, or a word of iproute2 that takes the next one for a name whatever it looks like. */
const TAKES_A_VALUE = /^(?:-[nelpR]|--(?:set|vip|field-selector)|dev|name|to|from|via|table|vid|master|dst|src|label)$/

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text)
}

/** Quoted as POSIX has it (XCU 2.2.2): within single quotes every character but these is itself, and no word is reserved. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
