import { type Content, el, type Html } from './elements.js'
import { command, table } from './parts.js'

/** A page of Markdown as `rulePage` and `ruleIndex` write it (headings, text, lists, quotes, tables, fenced code) as elements. `place` says where a link to another page goes. */
export function markdownHtml(markdown: string, place: (link: string) => string): Html[] {
  return blocks(markdown.split('\n'), (text) => inline(text, place))
}

type Inline = (text: string) => Content[]

const [FENCE, HEADING, ITEM, INDENTED] = [/^```/, /^(#{1,3}) (.*)$/, /^(-|\d+\.) (.*)$/, /^ {2,}|^$/]

function blocks(lines: readonly string[], inked: Inline): Html[] {
  const made: Html[] = []
  for (let at = 0; at < lines.length; ) {
    const size = Math.max(1, blockSize(lines.slice(at)))
    made.push(...block(lines.slice(at, at + size), inked))
    at += size
  }
  return made
}

/** How many lines the block at the begin has. */
function blockSize([first = '', ...others]: readonly string[]): number {
  const until = (isOver: (line: string) => boolean) => {
    const end = others.findIndex(isOver)
    return 1 + (end === -1 ? others.length : end)
  }
  if (FENCE.test(first)) return 1 + until((line) => FENCE.test(line))
  if (first === '' || HEADING.test(first)) return 1
  if (ITEM.test(first)) return until((line) => !ITEM.test(line) && !INDENTED.test(line))
  return until((line) => line === '' || HEADING.test(line) || FENCE.test(line))
}

function block(lines: readonly string[], inked: Inline): Html[] {
  const [first = ''] = lines
  const [, marks, title = ''] = HEADING.exec(first) ?? []
  if (first === '') return []
  if (marks !== undefined) return [el(`h${marks.length}`, {}, inked(title))]
  if (FENCE.test(first)) return [command(lines.slice(1, -1).join('\n'))]
  if (ITEM.test(first)) return [el(first.startsWith('-') ? 'ul' : 'ol', {}, items(lines, inked))]
  if (first.startsWith('|')) return [rows(lines, inked)]
  const quoted = first.startsWith('> ')
  const text = lines.map((line) => (quoted ? line.replace(/^> ?/, '') : line)).join(' ')
  return [el(quoted ? 'blockquote' : 'p', {}, inked(text))]
}

/** What is indented below an item belongs to it. */
function items(lines: readonly string[], inked: Inline): Html[] {
  const starts = lines.flatMap((line, at) => (ITEM.test(line) ? [at] : []))
  return starts.map((start, at) => {
    const [first = '', ...below] = lines.slice(start, starts[at + 1])
    const text = inked(ITEM.exec(first)?.[2] ?? '')
    return el('li', {}, [
      ...text,
      ...blocks(
        below.map((line) => line.replace(/^ {1,3}/, '')),
        inked,
      ),
    ])
  })
}

function rows(lines: readonly string[], inked: Inline): Html {
  const cells = (line: string) => line.split(/(?<!\\)\|/).slice(1, -1)
  const [head = '', , ...body] = lines
  return table(
    cells(head).map((cell) => cell.trim()),
    body.map((line) => cells(line).map((cell) => el('span', {}, inked(cell.trim())))),
  )
}

function inline(text: string, place: (link: string) => string): Content[] {
  return text.split(/(`[^`]+`|\[[^\]]+\]\([^)]*\)|https?:\/\/[^\s)]+)/).map((part) => {
    const [, label, link = ''] = /^\[([^\]]+)\]\(([^)]*)\)$/.exec(part) ?? []
    if (label !== undefined) return el('a', { href: place(link) }, [label])
    if (/^https?:\/\//.test(part)) return el('a', { href: part }, [part])
    return /^`[^`]+`$/.test(part) ? el('code', {}, [part.slice(1, -1)]) : part
  })
}
