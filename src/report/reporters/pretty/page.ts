import type { RenderOptions } from '../reporter.js'
import { command, hang, heading, type Style, styleFor } from './style.js'
import { toAscii } from './text.js'

/** A page of Markdown as `rulePage` writes it (headings, text, lists, quotes, fenced code), drawn for a terminal. */
export function page(markdown: string, options: RenderOptions): string {
  const style = styleFor(options)
  const text = options.unicode ? markdown : toAscii(markdown)
  let fenced: number | null = null
  const lines = text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const fence = /^( *)```/.exec(line)
      if (fence) {
        fenced = fenced === null ? (fence[1] ?? '').length : null
        return []
      }
      return fenced === null ? prose(line, style) : command(style, fenced + 2, line.slice(fenced))
    })
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
}

function prose(line: string, style: Style): string[] {
  if (line.trim() === '') return ['']
  const title = /^#+ (.*)$/.exec(line)
  if (title) return hang(style, '', 0, plain(title[1] ?? ''), (text) => heading(style, text))
  const [, lead = '', rest = line] = /^( *(?:-|\d+\.|>) )(.*)$/.exec(line) ?? []
  return hang(style, lead.replace('>', ' '), lead.length, plain(rest), (text) => inked(text, style))
}

/** Links by their text, which is the id of a rule; code between backticks keeps them until it is coloured. */
function plain(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
}

/** Code in colour instead of backticks; where there is no colour, and where a line break parts it, they stay. */
function inked(text: string, { paint }: Style): string {
  return paint.level === 0 ? text : text.replace(/`([^`]+)`/g, (_, code: string) => paint.cyan(code))
}
