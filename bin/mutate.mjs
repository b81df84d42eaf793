#!/usr/bin/env node
// Changes the memory layout of the core, one number or one statement at a time, and looks whether a test of test/observe fails:
//
//     npm run mutate [-- KIND...] [PLACE...] [--list]      KIND: columns, regions, resets, shifts, words; PLACE: queue.ts, queue.ts:15
//
// Works in a copy of this checkout in the folder for temporary files; takes about an hour, so no gate runs it. Ends with 1 when
// a mutant survives. Columns and regions first meet test/observe/layout.test.ts alone, which needs no build.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const COLUMNS = 'src/observe/columns'
const CORE = 'src/observe/core'
const COPIED = ['src', 'test', 'bin', 'package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts']

/** Columns at place 0 of a row, as the core names them: ADDRESS_SEEN.lastClaim. */
const FIRST_COLUMNS = new Set(
  readdirSync(join(root, COLUMNS)).flatMap((file) => {
    const source = readFileSync(join(root, COLUMNS, file), 'utf8')
    const alias = file.replace('.ts', '').replaceAll('-', '_').toUpperCase()
    return [...source.matchAll(/^export const (\w+) = 0$/gm)].map(([, name]) => `${alias}.${name}`)
  }),
)

/** Which lines each kind changes, and into what. Of a statement nothing is left. */
const KINDS = {
  columns: { folder: COLUMNS, of: (file) => file !== 'region.ts', change: columnsOf },
  regions: { folder: COLUMNS, of: (file) => file === 'region.ts', change: regionsOf },
  resets: { folder: CORE, of: isSource, change: resetsOf },
  shifts: { folder: CORE, of: isSource, change: (line) => numbersOf(line, /<< (\d+)/g, (shift) => shift - 1) },
  words: { folder: CORE, of: isSource, change: wordsOf },
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
function wordsOf(line) {
  const widths = [...line.matchAll(/(\w+\.\w+)?\)* \* ([48])\b/g)]
  return widths.map(({ 0: { length }, 1: column, 2: bytes, index }) => {
    const end = index + length
    const wider = FIRST_COLUMNS.has(column) ? `${bytes} + ${bytes}` : 2 * bytes
    return line.slice(0, end - 1) + wider + line.slice(end)
  })
}

function numbersOf(line, pattern, changed) {
  return [...line.matchAll(pattern)].map((match) => {
    const at = match.index + match[0].lastIndexOf(match[1])
    return line.slice(0, at) + changed(Number(match[1])) + line.slice(at + match[1].length)
  })
}

function mutants(kinds) {
  return kinds.flatMap((kind) => {
    const { folder, of, change } = KINDS[kind]
    return readdirSync(join(root, folder))
      .filter(of)
      .flatMap((name) => {
        const file = `${folder}/${name}`
        const lines = readFileSync(join(root, file), 'utf8').split('\n')
        return lines.flatMap((line, at) =>
          (/^\s*(\/\/|\/?\*)/.test(line) ? [] : change(line)).map((to) => ({ kind, file, at, line, to })),
        )
      })
  })
}

function run(folder, program, argv) {
  const { status, error } = spawnSync(program, argv, {
    cwd: folder,
    stdio: 'ignore',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  if (error && error.code !== 'ETIMEDOUT') throw error
  return status === 0
}

/** What found a mutant: the compiler, a test (a run that does not end counts); null when nothing did. */
function killer(folder, { kind }) {
  const vitest = (...files) =>
    run(folder, process.execPath, [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'unit',
      '--bail',
      '1',
      '--no-isolate',
      '--pool=threads',
      '--maxWorkers=1',
      ...files,
    ])
  const isLayout = kind === 'columns' || kind === 'regions'
  if (isLayout && !vitest('test/observe/layout.test.ts')) return 'layout'
  if (!run(folder, process.execPath, ['bin/core.mjs', '--checked'])) return 'compiler'
  return vitest('test/observe') ? null : 'test'
}

function main(argv) {
  const kinds = argv.filter((word) => word in KINDS)
  const places = argv.filter((word) => word.includes('.ts'))
  const all = mutants(kinds.length > 0 ? kinds : Object.keys(KINDS)).filter(
    ({ file, at }) =>
      places.length === 0 ||
      places.some((place) => [file, `${file}:${at + 1}`].some((own) => own.endsWith(`/${place}`))),
  )
  const folder = mkdtempSync(join(tmpdir(), 'l2doctor-mutate-'))
  const found = {}
  const survivors = []
  try {
    for (const name of COPIED)
      cpSync(join(root, name), join(folder, name), { recursive: true, preserveTimestamps: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    if (argv.includes('--list')) return list(all)
    for (const mutant of all) {
      const path = join(folder, mutant.file)
      const before = readFileSync(path, 'utf8')
      writeFileSync(path, before.split('\n').with(mutant.at, mutant.to).join('\n'))
      const by = killer(folder, mutant)
      writeFileSync(path, before)
      found[by ?? 'survived'] = (found[by ?? 'survived'] ?? 0) + 1
      if (by === null) survivors.push(mutant)
      if (by === null) list([mutant])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  console.log(`${all.length} mutants:`, found)
  process.exitCode = survivors.length === 0 && all.length > 0 ? 0 : 1
}

function list(mutants) {
  for (const { file, at, line, to } of mutants)
    console.log(`${file}:${at + 1}\n  ${line.trim()}\n  ${to.trim() || '(nothing)'}`)
}

main(process.argv.slice(2))
