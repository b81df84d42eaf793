import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { collect } from '../collect.js'
import { blocksOf, commandsOf, FRESH_CLONE } from '../docs/blocks.js'
import { sides } from '../docs/same-output.js'
import { describeLab } from '../lab/describe-lab.js'

/**
 * README's lines for a clone, in a clone: of the last commit, in an empty folder, with what `npm install --global` writes in
 * another. `npm test` is not among them, it would run itself: `.ci/run` runs it in a clean clone, which is looked up here.
 */
const ROOT = mkdtempSync(join(tmpdir(), 'l2d-clone-'))
const [CLONE, PREFIX, ELSEWHERE] = ['clone', 'prefix', 'elsewhere'].map((name) => join(ROOT, name)) as [
  string,
  string,
  string,
]
afterAll(() => rmSync(ROOT, { recursive: true, force: true }))

const readme = blocksOf('README.md')
const inClone = readme.filter(({ situation, language }) => situation === FRESH_CLONE && language !== 'shell')
const installed = join(PREFIX, 'lib/node_modules/l2doctor')

/** The locale and width of the page; npm must not see the project that runs this test. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
  npm_config_prefix: PREFIX,
  PATH: [join(PREFIX, 'bin'), process.env['PATH']].join(delimiter),
  LC_ALL: 'C.UTF-8',
  COLUMNS: '80',
}
const run = (command: string, cwd: string) =>
  collect(spawn('sh', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }))

describeLab('README in a fresh clone', () => {
  it('is cloned', () => {
    for (const folder of [PREFIX, ELSEWHERE]) mkdirSync(folder)
    execFileSync('git', ['clone', '--quiet', '--local', resolve('.'), CLONE])
    expect(existsSync(join(CLONE, 'node_modules'))).toBe(false)
  })

  it.each(inClone.flatMap(commandsOf))('$at: $command', async ({ command, output }) => {
    const { code, stdout, stderr } = await run(command, CLONE)
    expect(code, stderr).toBe(0)
    if (output === null) return
    const { shown, real } = sides(output, stdout)
    expect(real).toBe(shown)
  })

  it('installed what a user needs: a command, a plugin of kubectl, and nothing to develop with', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    for (const name of ['l2doctor', 'kubectl-l2doctor']) {
      expect((await run(`${name} --version`, ELSEWHERE)).stdout).toMatch(new RegExp(`^l2doctor/${version} `))
    }
    for (const name of ['test', 'commands', 'fixtures/rules', 'node_modules/typescript', 'node_modules/vitest']) {
      expect(existsSync(join(installed, name)), name).toBe(false)
    }
    const packages = readdirSync(join(installed, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(packages.sort()).toEqual(['cap', 'nan', 'oui-data'])
  })

  it('installs and scans without a compiler, with install scripts blocked', async () => {
    const without = join(ROOT, 'without')
    const command = `npm install --global --ignore-scripts --prefix ${without} ./l2doctor-*.tgz`
    expect(await run(command, CLONE)).toMatchObject({ code: 0 })
    const demo = await run(`${join(without, 'bin/l2doctor')} demo two-owners`, ELSEWHERE)
    expect(demo.code, demo.stderr).toBe(0)
    expect(demo.stdout).toMatch(/live with (tcpdump|socket)/)
  })

  // the third is played by the programs that are shipped as source
  it.each(['two-owners', 'storm', 'intermittent'])('shows the demo %s from what was installed', async (scenario) => {
    const { code, stdout, stderr } = await run(`l2doctor demo ${scenario}`, ELSEWHERE)
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('No live lab')
    expect(stdout).toContain('Who answers')
    expect(stdout).toContain('live with cap')
  })

  it('looks for no compiler, whatever NODE_ENV says', async () => {
    expect(await run('NODE_ENV=development l2doctor explain wire/no-answer', ELSEWHERE)).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  it('leaves nothing outside the folders it was given', () => {
    expect(readdirSync(ELSEWHERE)).toEqual([])
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: CLONE, encoding: 'utf8' })).toMatch(
      /^(?:\?\? l2doctor-[\d.]+\.tgz\n)?$/,
    )
  })
})

describe('lines that do not run in a clone', () => {
  const [apt] = readme.filter(({ language }) => language === 'shell').flatMap(commandsOf)

  it.runIf(existsSync('/usr/bin/apt-get'))('apt-get knows the packages', () => {
    const simulated = apt!.command.replace('sudo apt-get install', 'apt-get install --simulate')
    expect(simulated).not.toBe(apt!.command)
    execFileSync('sh', ['-c', simulated], { stdio: ['ignore', 'ignore', 'inherit'] })
  })

  it('npm test is what .ci/run runs', () => {
    expect(readFileSync('README.md', 'utf8')).toContain('`npm test` runs the tests; `.ci/run` does that')
    expect(readFileSync('.ci/run', 'utf8')).toMatch(/^vitest test npm test --$/m)
  })
})
