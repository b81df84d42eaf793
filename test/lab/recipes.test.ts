import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { nodeFolder } from '../../bin/nodes.mjs'
import { buildSegment, type Done, type Segment } from '../../src/lab/segment.js'
import { execute } from '../collect.js'
import { type BareRoot, bareRoot, describeBareWithRegistry, npmFolder } from './bare-root.js'

/** The recipes for CI, line by line as they stand, on a bare Debian with Node: installing with this machine's network, the check in the lab. */

/** npm fetches packages meanwhile, and the action builds. */
const FETCHING_MS = 600_000
const VIP = '10.77.0.240'
const CHECK = `version: 1\nvips: [{ip: "${VIP}", responders: 1}]\ncluster: false\n`
const PATH = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/opt/node/bin'
/** A user with sudo and without a password, as far as the recipes use it. */
const RUNNER = `id() { echo 4711; }
sudo() { while [[ $1 == -* ]]; do shift; done; "$@"; }
`

describeBareWithRegistry('a recipe for CI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-recipe-'))
  let segment: Segment
  let root: BareRoot
  let tgz = ''
  beforeAll(async () => {
    segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
    const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder])
    tgz = packed.toString().trim()
  })
  afterEach(() => root?.remove())
  afterAll(() => {
    segment?.remove()
    rmSync(folder, { recursive: true })
  })

  /** A bare Debian with a checkout that has the check file and what `npm pack` made. */
  function checkout(): BareRoot {
    root = bareRoot({ '/opt/node': nodeFolder(24), '/opt/npm': npmFolder() })
    for (const name of ['checkout', 'temp', 'usr/local/bin']) mkdirSync(join(root.folder, name), { recursive: true })
    writeFileSync(join(root.folder, 'checkout/l2doctor.yaml'), CHECK)
    cpSync(join(folder, tgz), join(root.folder, 'checkout', tgz))
    writeFileSync(join(root.folder, 'usr/local/bin/npm'), '#!/bin/sh\nexec node /opt/npm/bin/npm-cli.js "$@"\n', {
      mode: 0o755,
    })
    return root
  }

  const line = (text: string, ...env: readonly string[]) => [
    ...root.enter,
    PATH,
    ...env,
    'bash',
    '-euo',
    'pipefail',
    '-c',
    `cd /checkout; ${text}`,
  ]
  const inLab = (text: string, ...env: readonly string[]): Promise<Done> =>
    segment.exec('client', line(text, ...env), { timeoutMs: 60_000 })

  it(
    'GitLab',
    async () => {
      checkout()
      const guide = readFileSync('docs/guides/ci.md', 'utf8')
      const [, job = ''] = /## GitLab CI\n```yaml\n([\s\S]*?)```/.exec(guide) ?? []
      const { layer2 } = parseYaml(job) as { layer2: { image: string; before_script: string[]; script: string[] } }
      expect(layer2.image).toBe('node:24-bookworm-slim')
      for (const text of layer2.before_script) {
        const { code, stderr } = await execute(line(text))
        expect(code, `${text}: ${stderr}`).toBe(0)
      }
      for (const text of layer2.script) {
        const { code, stdout, stderr } = await inLab(text)
        expect(code, `${text}: ${stderr}`).toBe(0)
        expect(stdout).toMatch(/All \d+ expectations hold/)
      }
      expect(readFileSync(join(root.folder, 'checkout/l2doctor.xml'), 'utf8')).toContain('<testsuites')
    },
    FETCHING_MS,
  )

  /** The action's own checkout, as GitHub lays it: what git knows of this tree. */
  function layAction(): void {
    const folder = join(root.folder, 'action')
    mkdirSync(folder)
    execFileSync('sh', [
      '-c',
      'git ls-files -z | tar -c --null --ignore-failed-read -T - | tar -x -C "$1"',
      'sh',
      folder,
    ])
  }

  it.each([
    ['a packed file, as a user with sudo', RUNNER, '4711', true],
    ['its own checkout, as root in a container', '', '0', false],
  ])(
    'GitHub Actions, of %s',
    async (_, user, uid, packed) => {
      checkout()
      if (!packed) layAction()
      execFileSync('chmod', ['-R', 'a+rwX', join(root.folder, 'checkout'), join(root.folder, 'temp')])
      const { runs } = parseYaml(readFileSync('action.yml', 'utf8')) as {
        runs: { steps: [{ run: string }, { run: string }] }
      }
      const [install, check] = runs.steps
      const github = [
        'RUNNER_TEMP=/temp',
        'GITHUB_PATH=/temp/path',
        'GITHUB_STEP_SUMMARY=/temp/summary',
        'GITHUB_ACTIONS=true',
      ]
      // nothing is missing here: no step of it needs sudo
      const installed = await execute(
        line(`sudo() { exit 99; }\n${install.run}`, ...github, `PACKAGE=${packed ? tgz : ''}`, 'ACTION_PATH=/action'),
      )
      expect(installed.code, installed.stderr).toBe(0)
      const path = readFileSync(join(root.folder, 'temp/path'), 'utf8').trim()
      const inputs = ['CONFIG=l2doctor.yaml', 'WAIT=', 'JUNIT=/temp/l2doctor.xml', 'INPUT_KUBECONFIG=']
      const checked = await inLab(`${user}PATH=${path}:$PATH\n${check.run}`, ...github, ...inputs)
      expect(checked.code, checked.stderr).toBe(0)
      expect(readFileSync(join(root.folder, 'temp/summary'), 'utf8')).toContain(VIP)
      const owner = execFileSync('stat', ['-c', '%u', join(root.folder, 'temp/l2doctor.xml')], { encoding: 'utf8' })
      expect(owner.trim()).toBe(uid)
    },
    FETCHING_MS,
  )
})
