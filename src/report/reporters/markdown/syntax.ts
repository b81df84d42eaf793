import { oneLine } from '../../printable.js'

/** Text that stays text: no HTML, no emphasis, no link, no table cell of its own, on one line. */
export function text(words: string): string {
  return html(words).replace(/[\\`*_[\]|~#]/g, '\\$&')
}

/** The same inside an HTML block, where markdown and its escapes do not hold. */
function html(words: string): string {
  return oneLine(words).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A block shown as it is; its fence is longer than any run of backticks inside. */
export function fence(content: string, language = ''): string {
  const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map((run) => run.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${content}\n${ticks}`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(text)))].join('\n')
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${text(item)}`).join('\n')
}

/** Folded away until clicked; the blank lines make its content markdown again. */
export function details(summary: string, content: string): string {
  return `<details><summary>${html(summary)}</summary>\n\n${content}\n\n</details>`
}
