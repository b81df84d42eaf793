#!/usr/bin/env node
// Changes the memory layout of the core, one number or one statement at a time, and looks whether a test of test/observe fails:
//
//     npm run mutate [-- KIND...] [PLACE...] [--list]      KIND: columns, regions, resets, shifts, words; PLACE: queue.ts, queue.ts:15
//
// Works in copies of this checkout in the folder for temporary files, two at a time. What was judged is kept in the user's cache:
// a run goes on where it ended, and judges again what rests on sources or tests that changed since. Ends with 1 when a mutant survives.
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { availableParallelism, homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KINDS, mutantsOf } from './mutants.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src', 'test', 'package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts']
/** What decides, beside the tests themselves, whether they find a mutant. */
const DECISIVE = ['src/observe', 'src/wire', 'test/capture', 'test/trace.ts', 'bin/core.mjs', 'package-lock.json']
const TESTS = 'test/observe'
/** How a process ends by itself: of a list that has become a ring, for want of memory. */
const CRASHES = new Set(['SIGABRT', 'SIGTRAP', 'SIGSEGV', 'SIGILL', 'SIGBUS'])
const WORKERS = Math.min(2, availableParallelism())

/** Of all files below these paths. */
function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    const below = statSync(join(root, path)).isDirectory() ? readdirSync(join(root, path), { recursive: true }) : ['']
    for (const name of below.map((one) => join(path, one)).sort())
      if (statSync(join(root, name)).isFile()) hash.update(`${name}\0`).update(readFileSync(join(root, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** The fingerprint of the tests that a verdict rests on: the file that found a mutant, else all of them. */
function testsNow() {
  const all = fingerprint([TESTS])
  const files = readdirSync(join(root, TESTS)).map((name) => [
    name.replace('.test.ts', ''),
    fingerprint([`${TESTS}/${name}`]),
  ])
  const single = new Map(files)
  return (by) => single.get(by) ?? all
}

/** What was judged before, by `keyOf`, as long as sources and tests are the same; and how more is added. */
function openResults() {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'l2doctor')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `mutants-${fingerprint(DECISIVE)}.jsonl`)
  const testsBehind = testsNow()
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  const judged = lines.map((line) => JSON.parse(line)).filter(({ by, tests }) => tests === testsBehind(by))
  const known = new Map(judged.map(({ key, by }) => [key, by]))
  return {
    file,
    known,
    add(mutant, by) {
      known.set(keyOf(mutant), by)
      appendFileSync(file, `${JSON.stringify({ key: keyOf(mutant), by, tests: testsBehind(by) })}\n`)
    },
  }
}

function keyOf(mutant) {
  if (mutant === null) return 'the sources as they are'
  const { kind, file, at, to } = mutant
  return `${kind} ${file}:${at + 1} ${to.trim()}`
}

/** Judges mutants in a process of its own, which is begun again when a mutant does not end. */
class Judge {
  constructor(folder) {
    this.folder = folder
  }

  /** What found it; null when nothing did. Of no mutant: of the sources as they are. */
  async judge(mutant) {
    if (this.child === undefined) this.begin()
    const { by, error } = await this.ask(mutant)
    if (error !== undefined) throw new Error(`${keyOf(mutant)}: ${error}`)
    if (by === 'no end' || by === 'crash') await this.end()
    return by
  }

  async end() {
    const { child } = this
    this.child = undefined
    if (child === undefined || (child.exitCode ?? child.signalCode) !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  begin() {
    rmSync(this.folder, { recursive: true, force: true })
    cpSync(join(this.folder, '..', 'pristine'), this.folder, { recursive: true, preserveTimestamps: true })
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
    this.child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [this.folder])
  }

  ask(mutant) {
    const { child } = this
    return new Promise((resolve) => {
      const onExit = (code, signal) =>
        answer(CRASHES.has(signal) ? { by: 'crash' } : { error: `the worker ended with ${code ?? signal}` })
      function answer(message) {
        child.off('message', answer).off('exit', onExit)
        resolve(message)
      }
      child.on('message', answer).on('exit', onExit)
      child.send(mutant)
    })
  }
}

/** One judge takes mutant after mutant, until there is none left. */
async function work(judge, waiting, onJudged) {
  try {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift())
      onJudged(mutant, await judge.judge(mutant))
  } finally {
    await judge.end()
  }
}

async function judgeAll(mutants, results) {
  const waiting = mutants.filter((mutant) => !results.known.has(keyOf(mutant)))
  if (waiting.length === 0) return
  const folder = mkdtempSync(join(tmpdir(), 'l2doctor-mutate-'))
  const judges = Array.from({ length: Math.min(WORKERS, waiting.length) }, (_, n) => new Judge(join(folder, `${n}`)))
  const clean = () => {
    for (const { child } of judges) child?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 })
  }
  process
    .once('SIGINT', () => process.exit(130))
    .once('SIGTERM', () => process.exit(143))
    .once('exit', clean)
  for (const name of COPIED)
    cpSync(join(root, name), join(folder, 'pristine', name), { recursive: true, preserveTimestamps: true })
  if (!results.known.has(keyOf(null))) {
    const by = await judges[0].judge(null)
    if (by !== null) throw new Error(`a test fails without any mutant: ${by}`)
    results.add(null, by)
  }
  await Promise.all(
    judges.map((judge) =>
      work(judge, waiting, (mutant, by) => {
        results.add(mutant, by)
        if (by === null) list([mutant])
        else if (waiting.length % 50 === 0) console.error(`${waiting.length} to go`)
      }),
    ),
  )
}

function list(mutants) {
  for (const { file, at, line, to } of mutants)
    console.log(`${file}:${at + 1}\n  ${line.trim()}\n  ${to.trim() || '(nothing)'}`)
}

function countBy(items, nameOf) {
  const counts = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}

async function main(argv) {
  const kinds = argv.filter((word) => word in KINDS)
  const places = argv.filter((word) => word.includes('.ts'))
  const all = mutantsOf(root, kinds.length > 0 ? kinds : Object.keys(KINDS)).filter(
    ({ file, at }) =>
      places.length === 0 ||
      places.some((place) => [file, `${file}:${at + 1}`].some((own) => own.endsWith(`/${place}`))),
  )
  if (argv.includes('--list')) return list(all)
  const results = openResults()
  await judgeAll(all, results)
  const survivors = all.filter((mutant) => results.known.get(keyOf(mutant)) === null)
  list(survivors)
  console.log(
    'mutants:',
    countBy(all, ({ kind }) => kind),
    'found by:',
    countBy(all, (mutant) => results.known.get(keyOf(mutant)) ?? 'nobody'),
  )
  console.log(
    `${all.length} mutants, ${survivors.length === 0 ? 'all killed' : `${survivors.length} survived`} (${results.file})`,
  )
  process.exitCode = survivors.length === 0 && all.length > 0 ? 0 : 1
}

await main(process.argv.slice(2))
