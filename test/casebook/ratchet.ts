import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * Holds the casebook beside this clone as a ratchet: `test/casebook/wrong.txt` names the runs that are still wrong. A wrong run
 * that is not listed fails, and so does a listed one that is right or that is not there. `--write` writes the list anew.
 */

const CHECK = '../shared/cases/check.mjs'
const LIST = 'test/casebook/wrong.txt'

/** `ok    case/run: …` and `WRONG case/run: …`, as `check.mjs --verbose` prints them. */
const VERDICT = /^(ok {3}|WRONG) (\S+?\/\S+?): /gm

if (!existsSync(CHECK)) {
  console.log(`no casebook at ${CHECK}`)
  process.exit(2)
}
const { stdout, stderr } = spawnSync(process.execPath, [CHECK, '--verbose'], { encoding: 'utf8', maxBuffer: 1 << 28 })
const verdicts = new Map([...stdout.matchAll(VERDICT)].map(([, verdict, run]) => [run as string, verdict === 'WRONG']))
const wrong = [...verdicts].flatMap(([run, isWrong]) => (isWrong ? [run] : [])).sort()
if (process.argv.includes('--write')) writeFileSync(LIST, wrong.map((run) => `${run}\n`).join(''))
const listed = readFileSync(LIST, 'utf8').split('\n').filter(Boolean)
const faults = [
  ...wrong.filter((run) => !listed.includes(run)).map((run) => `wrong and not listed: ${run}`),
  ...listed.filter((run) => verdicts.get(run) === false).map((run) => `right, and still listed: ${run}`),
  ...listed.filter((run) => !verdicts.has(run)).map((run) => `listed, and not in the casebook: ${run}`),
]
const right = verdicts.size - wrong.length
console.log([...faults, `${right} of ${verdicts.size} runs right, ${listed.length} listed in ${LIST}`].join('\n'))
if (verdicts.size === 0) console.log(stderr || stdout)
process.exitCode = faults.length === 0 && verdicts.size > 0 ? 0 : 1
