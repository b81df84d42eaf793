import { isCommand } from '../../wording.js'
import { command, hang, type Style } from './style.js'
import { displayWidth } from './text.js'

const INDENT = 2
const LABEL = 9
/** Columns before the text of a row. */
export const MARGIN = INDENT + LABEL

/** `  Cause    text`, wrapped, further lines under the first one's text. */
export function row(style: Style, label: string, text: string): string[] {
  return hang(style, `${' '.repeat(INDENT)}${style.paint.dim(label)}`, MARGIN, text)
}

/** A command is one line to copy; what is no command is a text. */
export function commandOrText(style: Style, label: string, text: string): string[] {
  if (!isCommand(text)) return row(style, label, text)
  const [first = '', ...more] = command(style, 0, text)
  return [labelled(style, label, first), ...more.map((line) => ' '.repeat(MARGIN) + line)]
}

function labelled(style: Style, label: string, line: string): string {
  return `${' '.repeat(INDENT)}${style.paint.dim(label)}${' '.repeat(Math.max(1, LABEL - displayWidth(label)))}${line}`
}
