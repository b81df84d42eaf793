// Judges mutants for main.mjs, one message each, in a copy of the checkout of its own: the compiler and vitest stay loaded.
import { readFileSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { basename, join } from 'node:path'
import { createVitest } from 'vitest/node'
import { compile, MODULES } from '../core.mjs'

const folder = process.argv[2]
const CHECKED = 'checked-code.ts'
const checked = join(folder, 'src/observe/core', CHECKED)
/** Quick ones first: the first test that fails ends the run. */
const LAYOUT = ['layout']
const TESTS = ['exchanges', 'discovery', 'rounds', 'hidden', 'fold', 'core', 'bounds']
/** A mutant that ends no test is found too: all tests take a tenth of this time of a processor. */
const MOST_CPU_MICROS = 60_000_000

setPriority(5)
process.chdir(folder)
const vitest = await createVitest('test', {
  root: folder,
  project: 'unit',
  watch: false,
  bail: 1,
  isolate: false,
  pool: 'threads',
  maxWorkers: 1,
  fileParallelism: false,
  sequence: { sequencer: InOrder() },
  reporters: [{}],
})
const original = readFileSync(checked, 'utf8')

process.on('disconnect', () => process.exit())
// vitest leaves the end of a thread to nobody, as of one that has no memory left for a list that became a ring
process.on('uncaughtException', (error) => {
  if (/exited unexpectedly|OUT_OF_MEMORY/.test(`${error.message} ${error.code}`)) process.send({ by: 'crash' })
  else process.send({ error: String(error.stack ?? error) })
})
process.on('message', async (mutant) => {
  const before = process.cpuUsage()
  const watch = setInterval(() => {
    const { user, system } = process.cpuUsage(before)
    if (user + system > MOST_CPU_MICROS) process.send({ by: 'no end' })
  }, 1000)
  try {
    process.send({ by: mutant === null ? await killer(true) : await withMutant(mutant) })
  } catch (error) {
    process.send({ error: String(error.stack ?? error) })
  } finally {
    clearInterval(watch)
  }
})

/** A sequencer that leaves the files in the order that they are given in. */
function InOrder() {
  return class {
    sort = (files) => files
    shard = (files) => files
  }
}

async function withMutant({ kind, file, at, to }) {
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  write(path, before.split('\n').with(at, to).join('\n'))
  try {
    return await killer(kind === 'columns' || kind === 'regions')
  } finally {
    write(path, before)
    write(checked, original)
  }
}

/** What found a mutant: the compiler or a test, by its file; null when nothing did. A layout is held without a build. */
async function killer(isLayout) {
  const early = isLayout ? await failing(LAYOUT) : null
  if (early !== null) return early
  try {
    write(checked, await compile(folder, [...MODULES[CHECKED], '-O1']))
  } catch (error) {
    if (!error.message.includes('does not compile')) throw error
    return 'compiler'
  }
  return await failing(TESTS)
}

async function failing(names) {
  const project = vitest.getProjectByName('unit')
  const specs = names.map((name) => project.createSpecification(join(folder, `test/observe/${name}.test.ts`)))
  const paths = new Set(specs.map(({ moduleId }) => moduleId))
  vitest.state.clearFiles(project, [...paths])
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specs, false)
  const failed = testModules.find((module) => paths.has(module.moduleId) && module.state() === 'failed')
  if (failed !== undefined) return basename(failed.moduleId, '.test.ts')
  if (unhandledErrors.length > 0) return 'error'
  const passed = testModules.filter((module) => paths.has(module.moduleId) && module.state() === 'passed').length
  if (passed !== names.length) throw new Error(`${passed} of ${names.length} test files ran`)
  return null
}

function write(path, text) {
  writeFileSync(path, text)
  vitest.invalidateFile(path)
}
