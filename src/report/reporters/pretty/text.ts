import { stripVTControlCharacters } from 'node:util'

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff00-\uff60]/u
const ZERO = /[\p{M}\p{Cf}]/u

const PLAIN = /^[\x20-\x7e]*$/

/** Terminal columns that a text takes, colour codes left out. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let columns = 0
  for (const character of stripVTControlCharacters(text)) columns += characterWidth(character)
  return columns
}

function characterWidth(character: string): number {
  return WIDE.test(character) ? 2 : ZERO.test(character) ? 0 : 1
}

/** Breaks a text at its white space, and longer words where they must; no line is wider than `width`. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let room = -1
  for (const word of text.split(/\s+/).flatMap((word) => chop(word, width))) {
    const columns = displayWidth(word)
    if (room > columns) {
      lines[lines.length - 1] += ` ${word}`
      room -= columns + 1
    } else {
      lines.push(word)
      room = width - columns
    }
  }
  return lines
}

function chop(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return word === '' ? [] : [word]
  const pieces = ['']
  let columns = 0
  for (const character of word) {
    columns += characterWidth(character)
    if (columns > width) {
      pieces.push('')
      columns = characterWidth(character)
    }
    pieces[pieces.length - 1] += character
  }
  return pieces
}

/** Cuts to `width` columns, the last of them an ellipsis. */
export function cut(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text
  return `${chop(text, width - displayWidth(ellipsis))[0]}${ellipsis}`
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

const SPOKEN: Record<string, string> = {
  '→': '->',
  '←': '<-',
  '≥': '>=',
  '≤': '<=',
  '…': '...',
  '–': '-',
  '—': '-',
  '·': '-',
  '×': 'x',
  µ: 'u',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  ' ': ' ',
}

/** For a terminal without UTF-8. */
export function toAscii(text: string): string {
  return text.replace(/[^\t\n\x20-\x7e]/gu, (character) => SPOKEN[character] ?? '?')
}
