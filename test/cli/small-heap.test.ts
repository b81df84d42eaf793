import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { packageFile } from '../../src/package-file.js'

const FILE = pathToFileURL(packageFile('dist/src/cli/small-heap.js')).href

/** Runs a program in which `collect` is work after which V8 collects, once it has begun to do so in steps. */
function run(program: string) {
  const begin = 'let all = []; while (all.length < 2e6) all.push({ at: [all.length] });'
  const code = `${begin} import('${FILE}').then(async ({ keepHeapSmall }) => { const collect = keepHeapSmall(() => {}); ${program} })`
  return spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })
}

it('names only flags that this V8 has, and that may change while it runs', () => {
  const more =
    'for (let round = 0; round < 5; round++) { all = []; while (all.length < 3e5) all.push({ at: [all.length] }) }'
  expect(run(`collect(); ${more}`)).toMatchObject({ status: 0, stdout: '', stderr: '' })
})

it('collects after the work, and not again at once', () => {
  const one = 'const gone = (of) => { all = []; const weak = new WeakRef({}); collect(); return weak };'
  const turn = 'await new Promise((done) => setTimeout(done, 50));'
  const { stdout } = run(
    `${one} const [first] = [gone()]; ${turn} const second = gone(); ${turn} console.log(first.deref() === undefined, second.deref() === undefined)`,
  )
  expect(stdout).toBe('true false\n')
})
