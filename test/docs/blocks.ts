import { readFileSync } from 'node:fs'

/**
 * A fenced block of a page. Its language says what holds it: `console` is run in the lab and its output compared, `sh` is
 * run there, `shell` cannot run here, `yaml` and the rest are parsed.
 */
export interface Block {
  /** `README.md:12`, the line of the fence. */
  readonly at: string
  readonly language: string
  /** The situation named by the last `<!-- lab: NAME -->` before it. */
  readonly situation: string | null
  readonly text: string
}

/** One command with what the page shows below it; null where it shows nothing. */
export interface Shown {
  readonly at: string
  readonly command: string
  readonly output: string | null
}

/** The situation of what is run in a clone of its own (test/soak/clone.test.ts), not in the lab. */
export const FRESH_CLONE = 'a fresh clone'

/** The fenced blocks of a page in their order. Throws at a fence that does not end. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let [situation, open]: [string | null, (Block & { lines: string[] }) | null] = [null, null]
  for (const [index, line] of readFileSync(page, 'utf8').split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line)
    if (open && fence) {
      blocks.push({ ...open, text: open.lines.join('\n') })
      open = null
    } else if (open) open.lines.push(line)
    else if (fence) open = { at: `${page}:${index + 1}`, language: fence[1] ?? '', situation, text: '', lines: [] }
    else situation = /^<!-- lab: (.+) -->$/.exec(line)?.[1] ?? situation
  }
  if (open) throw new Error(`${open.at}: this block has no end`)
  return blocks
}

/** The commands of a block: lines after `$ ` in a console, every line that is no comment in a script. */
export function commandsOf({ at, language, text }: Block): Shown[] {
  if (language !== 'console')
    return text
      .split('\n')
      .filter(isCode)
      .map((command) => ({ at, command, output: null }))
  const [before = '', ...parts] = text.split(/^\$ /m)
  if (before !== '') throw new Error(`${at}: a console block begins with "$ "`)
  return parts.map((part) => {
    const [command = '', ...output] = part.split('\n')
    return { at, command, output: output.join('\n') }
  })
}

function isCode(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('#')
}
