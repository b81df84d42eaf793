import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeFolder } from '../../bin/nodes.mjs'
import { buildSegment } from '../../src/lab/segment.js'
import { ApiFixture, objectsOf } from '../cluster/api-fixture.js'
import { execute } from '../collect.js'
import { type BareRoot, bareRoot, describeBareWithRegistry, npmFolder, programsIn } from '../lab/bare-root.js'
import { parseReport } from '../lab/scan-scenario.js'

/**
 * Replays the Dockerfile without Docker: each stage is a bare Debian with the Node that its FROM names, each COPY a copy, each RUN a shell
 * in there; the image is then run as a container runtime would.
 */

interface Step {
  readonly instruction: string
  readonly words: readonly string[]
  readonly text: string
}

const VIP = '10.77.0.240'
const dockerfile = stepsOf(readFileSync('Dockerfile', 'utf8'))
const work = mkdtempSync(join(tmpdir(), 'l2d-image-'))

function stepsOf(text: string): Step[] {
  const lines = text.replace(/\\\n/g, ' ').split('\n')
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
  const folder = join(work, 'context')
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(existsSync)
  for (const file of files.filter((file) => !ignored.some((path) => file === path || file.startsWith(`${path}/`)))) {
    cpSync(file, join(folder, file))
  }
  return folder
}

/** `node:24-bookworm` and its slim brother: Debian 12 with Node and npm in /usr/local. */
function base(image: string): BareRoot {
  const [, major] = /^node:(\d+)-bookworm(?:-slim)?$/.exec(image) ?? []
  const root = bareRoot()
  const local = join(root.folder, 'usr/local')
  mkdirSync(join(local, 'bin'), { recursive: true })
  cpSync(join(nodeFolder(Number(major)), 'bin/node'), join(local, 'bin/node'))
  cpSync(npmFolder(), join(local, 'lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'))
  return root
}

/** Runs one stage after the other; answers with all of them. */
async function replay(sources: string): Promise<BareRoot[]> {
  const stages: { readonly name: string; readonly root: BareRoot }[] = []
  let folder = '/'
  for (const { instruction, words, text } of dockerfile) {
    const { root } = stages.at(-1) ?? {}
    if (instruction === 'FROM') {
      stages.push({ name: words.at(-1) ?? '', root: base(words[0] ?? '') })
      folder = '/'
    } else if (instruction === 'WORKDIR') {
      folder = text
      mkdirSync(join(root!.folder, folder), { recursive: true })
    } else if (instruction === 'RUN') {
      const { code, stdout, stderr } = await execute([...root!.enter, 'sh', '-ec', `cd ${folder}; ${text}`])
      expect(code, `${text}: ${stdout}${stderr}`).toBe(0)
    } else if (instruction === 'COPY') {
      const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1]
      const source = from === undefined ? sources : stages.find(({ name }) => name === from)!.root.folder
      copy(source, from === undefined ? words : words.slice(1), join(root!.folder, folder))
    }
  }
  return stages.map(({ root }) => root)
}

/** `COPY a b ./` puts files into a folder, `COPY . .` the whole of one into another; a last word that begins with / is of the root. */
function copy(source: string, words: readonly string[], folder: string): void {
  const last = words.at(-1) ?? ''
  const to = last.startsWith('/') ? join(folder, last) : resolve(folder, last)
  for (const from of words.slice(0, -1)) {
    const into = last.endsWith('/') ? join(to, from.split('/').at(-1) ?? '') : to
    mkdirSync(dirname(into), { recursive: true })
    cpSync(join(source, from), into, { recursive: true, verbatimSymlinks: true })
  }
}

/** The variables of the last stage, and what it runs. */
const variables = dockerfile.filter(({ instruction }) => instruction === 'ENV').flatMap(({ words }) => words)
const entrypoint: string[] = JSON.parse(dockerfile.find(({ instruction }) => instruction === 'ENTRYPOINT')!.text)

describeBareWithRegistry('the image that the Dockerfile describes', () => {
  let stages: BareRoot[] = []
  let image: BareRoot
  let api: ApiFixture
  beforeAll(async () => {
    stages = await replay(context())
    image = stages.at(-1)!
    mkdirSync(join(image.folder, 'case'))
    cpSync('fixtures/demo/two-owners.pcap', join(image.folder, 'case/case.pcap'))
    api = new ApiFixture()
    await api.start(objectsOf('fixtures/clusters/metallb-three-nodes/cluster.yaml'))
    cpSync(api.path, join(image.folder, 'case/kubeconfig'))
    execFileSync('chmod', ['-R', 'a+rX', join(image.folder, 'case')])
  }, 900_000)
  afterAll(async () => {
    await api?.stop()
    for (const stage of stages) stage.remove()
    rmSync(work, { recursive: true, force: true })
  })

  /** As a container runtime starts it: `rights` of setpriv, and what more the environment holds. */
  const container = (rights: readonly string[], more: readonly string[], ...argv: readonly string[]) => [
    ...image.enter,
    ...variables,
    ...more,
    'setpriv',
    ...rights,
    '--no-new-privs',
    ...entrypoint,
    ...argv,
  ]
  const NOTHING = ['--bounding-set=-all', '--inh-caps=-all']
  /** A user whom /etc/passwd does not know. */
  const SOMEBODY = ['--reuid=4711', '--regid=4711', '--clear-groups', ...NOTHING]

  it.each([
    ['root without any capability', NOTHING, ['HOME=/root']],
    ['an unknown user', SOMEBODY, ['HOME=/']],
    ['an unknown user without HOME', SOMEBODY, ['env', '-u', 'HOME']],
  ])('offline and with a cluster as %s', async (_, rights, more) => {
    const run = (...argv: readonly string[]) =>
      execute(container(rights, [...more, 'KUBECONFIG=/case/kubeconfig'], ...argv))
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect((await run('--version')).stdout).toContain(`l2doctor/${version} `)
    const file = await run('scan', '--read', '/case/case.pcap', '--vip', VIP, '--no-kube', '--json')
    expect([file.code, file.stderr]).toEqual([1, ''])
    expect(parseReport(file.stdout).findings.map(({ rule }) => rule)).toContain('wire/duplicate-responders')
    const cluster = await run('audit-cluster', '--json')
    expect(parseReport(cluster.stdout).truths.cluster, cluster.stderr).toMatchObject({ asked: true, read: 'whole' })
  })

  it('live as root with NET_RAW alone', async () => {
    const segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
    try {
      const rights = ['--bounding-set=-all,+net_raw', '--inh-caps=-all']
      const argv = container(rights, [], 'scan', '--vip', VIP, '--no-kube', '--json')
      const { code, stdout, stderr } = await segment.exec('client', argv)
      expect(code, stderr).toBe(0)
      const report = parseReport(stdout)
      expect([report.verdict, report.gaps, report.run.source?.engine]).toEqual(['healthy', [], 'socket'])
    } finally {
      segment.remove()
    }
  })

  it('has what a pod is looked from with, and nothing to build or develop with', async () => {
    const there = ['sh', 'perl', 'tcpdump', 'ip', 'sed', 'base64', 'dd', 'ssh', 'l2doctor', 'kubectl-l2doctor']
    expect(await programsIn(image, ...there, 'cc', 'make', 'python3', 'tsc')).toEqual(there)
    expect(existsSync(join(image.folder, 'app'))).toBe(false)
  })
})
