// What `npm run mutate` changes: each kind of mutant is one number or one statement of the core's memory layout.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const COLUMNS = 'src/observe/columns'
const CORE = 'src/observe/core'

/** Which lines each kind changes, and into what. Of a statement nothing is left. */
export const KINDS = {
  columns: { folder: COLUMNS, of: (file) => file !== 'region.ts', change: columnsOf },
  regions: { folder: COLUMNS, of: (file) => file === 'region.ts', change: regionsOf },
  resets: { folder: CORE, of: isSource, change: resetsOf },
  shifts: { folder: CORE, of: isSource, change: (line) => numbersOf(line, /<< (\d+)/g, (shift) => shift - 1) },
  words: { folder: CORE, of: isSource, change: wordsOf },
}

/** All mutants of these kinds: file, place of the line (from 0), the line and what it becomes. */
export function mutantsOf(root, kinds) {
  const firstColumns = firstColumnsOf(root)
  return kinds.flatMap((kind) => {
    const { folder, of, change } = KINDS[kind]
    return readdirSync(join(root, folder))
      .filter(of)
      .flatMap((name) => {
        const file = `${folder}/${name}`
        const lines = readFileSync(join(root, file), 'utf8').split('\n')
        return lines.flatMap((line, at) =>
          (isComment(line) || isIn(HASHES, lines, at) ? [] : change(line, firstColumns)).map((to) => ({
            kind,
            file,
            at,
            line,
            to,
          })),
        )
      })
  })
}

/** Columns at place 0 of a row, as the core names them: ADDRESS_SEEN.lastClaim. */
function firstColumnsOf(root) {
  const files = readdirSync(join(root, COLUMNS))
  return new Set(
    files.flatMap((file) => {
      const source = readFileSync(join(root, COLUMNS, file), 'utf8')
      const alias = file.replace('.ts', '').replaceAll('-', '_').toUpperCase()
      return [...source.matchAll(/^export const (\w+) = 0$/gm)].map(([, name]) => `${alias}.${name}`)
    }),
  )
}

function isComment(line) {
  return /^\s*(\/\/|\/?\*)/.test(line)
}

/** They mix bits so that keys spread: another mixture is as good, and changes only in which slot a key lies. */
const HASHES = /^function (hash|mix)\(/

/** Whether a line belongs to a function that begins so. */
function isIn(functions, lines, at) {
  const first = lines.slice(0, at + 1).findLast((line) => /^\S.*[{(]$|^}/.test(line))
  return first !== undefined && functions.test(first)
}

function isSource(file) {
  return !file.endsWith('code.ts')
}

/** No places, but bits that need only be free: the next one is as good. */
const FREE_BITS = /^export const (hasLinkAddress = 1|six = 24)$/

function columnsOf(line) {
  if (FREE_BITS.test(line)) return []
  return /^export const \w+ = /.test(line) ? numbersOf(line, /(?<=[=+*] )(\d+)$/g, (value) => value + 1) : []
}

/** A region that starts where the one before starts, or that is half as long. */
function regionsOf(line) {
  if (!/^export const \w+(At|Bytes|Slots) = /.test(line)) return []
  const [, name] = line.match(/const (\w+)/)
  const to = name.endsWith('At') ? line.replace(/ \+ \w+Bytes\b/, '') : line.replace(/= (.*)/, '= ($1) / 2')
  return to === line ? [] : [to]
}

/** Statements that begin, clear or forget something. */
function resetsOf(line) {
  const isReset =
    /^\s+(reset\w+|forget\w+|memory\.fill|ids\.start|asked\.start|others\.start|senders\.start|startRates|\w+\.clear|this\.clear|start)\([^:]*$/
  const isZero = /^\s+(store<\w+>\(.*\b0(, [\w.]+ \* \d)?\)|atomic\.store<u32>\(\w+\.\w+, 0\)|[\w.]+ = 0)$/
  return isReset.test(line) || isZero.test(line) ? [''] : []
}

/** Twice as wide; the place of a first column is 0 all the same, so it becomes the next one's. */
function wordsOf(line, firstColumns) {
  const widths = [...line.matchAll(/(\w+\.\w+)?\)* \* ([48])\b/g)]
  return widths.map(({ 0: { length }, 1: column, 2: bytes, index }) => {
    const end = index + length
    const wider = firstColumns.has(column) ? `${bytes} + ${bytes}` : 2 * bytes
    return line.slice(0, end - 1) + wider + line.slice(end)
  })
}

function numbersOf(line, pattern, changed) {
  return [...line.matchAll(pattern)].map((match) => {
    const at = match.index + match[0].lastIndexOf(match[1])
    return line.slice(0, at) + changed(Number(match[1])) + line.slice(at + match[1].length)
  })
}
