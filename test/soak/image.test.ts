import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parseReport } from '../lab/scan-scenario.js'

/** Replays the Dockerfile without Docker: each stage is a folder, each COPY a copy, each RUN a shell; apt-get is left out. */

const ROOT = mkdtempSync(join(tmpdir(), 'l2d-image-'))
afterAll(() => rmSync(ROOT, { recursive: true, force: true }))

interface Step {
  readonly instruction: string
  readonly words: readonly string[]
  readonly text: string
}

function stepsOf(dockerfile: string): Step[] {
  const lines = dockerfile.replace(/\\\n/g, ' ').split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [instruction = '', ...words] = line.trim().split(/\s+/)
      return { instruction, words, text: words.join(' ') }
    })
}

/** What `docker build .` would send: the files of the tree less .dockerignore. */
function context(): string {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean)
  const folder = join(ROOT, 'context')
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(existsSync)
  for (const file of files.filter((file) => !ignored.some((path) => file === path || file.startsWith(`${path}/`)))) {
    cpSync(file, join(folder, file))
  }
  return folder
}

/** The variables of the last stage, as its programs find them. */
function environment(steps: readonly Step[]): NodeJS.ProcessEnv {
  const words = steps.filter(({ instruction }) => instruction === 'ENV').flatMap(({ words }) => words)
  return Object.fromEntries(words.map((word) => [word.split('=')[0], word.replace(/^[^=]*=/, '')]))
}

/** Runs one stage after the other; answers with the folder of the last. */
function replay(steps: readonly Step[], sources: string): string {
  const stages = new Map<string, string>()
  let [stage, folder] = ['', '']
  for (const { instruction, words, text } of steps) {
    if (instruction === 'FROM') {
      stage = join(ROOT, `stage-${stages.size}`)
      stages.set(words.at(-1) ?? '', stage)
    } else if (instruction === 'WORKDIR') {
      folder = join(stage, text)
      mkdirSync(folder, { recursive: true })
    } else if (instruction === 'RUN' && !text.startsWith('apt-get')) {
      execFileSync('sh', ['-ec', text], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
    } else if (instruction === 'COPY') {
      const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1]
      copy(from === undefined ? sources : (stages.get(from) ?? ''), from === undefined ? words : words.slice(1), folder)
    }
  }
  return folder
}

/** `COPY a b ./` puts files into a folder, `COPY a ./b` one under a name. */
function copy(source: string, words: readonly string[], folder: string): void {
  const to = join(folder, words.at(-1) ?? '')
  for (const from of words.slice(0, -1)) {
    const into = words.at(-1)?.endsWith('/') ? join(to, from.split('/').at(-1) ?? '') : to
    mkdirSync(dirname(into), { recursive: true })
    cpSync(join(source, from), into, { recursive: true, verbatimSymlinks: true })
  }
}

it('the image that the Dockerfile describes can be built, starts and judges a capture', () => {
  const steps = stepsOf(readFileSync('Dockerfile', 'utf8'))
  const app = replay(steps, context())
  const env = { ...process.env, ...environment(steps) }
  const run = (...argv: string[]) =>
    execFileSync(process.execPath, [join(app, 'bin/run.js'), ...argv], { cwd: '/', encoding: 'utf8', env })
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(run('--version')).toContain(`l2doctor/${version} `)
  expect(run('--help')).toContain('check')
  const capture = join(app, 'fixtures/demo/two-owners.pcap')
  const report = parseReport(run('scan', '--read', capture, '--vip', '10.77.0.240', '--json', '--fail-on', 'never'))
  expect(report.findings.map(({ rule }) => rule)).toContain('wire/duplicate-responders')
  expect(run('explain', 'wire/duplicate-responders')).toContain('wire/duplicate-responders')
  expect(existsSync(join(app, 'node_modules/typescript'))).toBe(false)
  expect(existsSync(join(app, 'dist/test'))).toBe(false)
  execFileSync(process.execPath, ['-e', 'require("cap")'], { cwd: app })
})
