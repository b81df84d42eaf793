import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { SegmentSpec } from '../../src/lab/model.js'
import { buildSegment, type Done, type Segment } from '../../src/lab/segment.js'
import { reportSchema } from '../../src/report/report.js'
import { describeLab } from '../lab/describe-lab.js'
import { CLI } from '../lab/ssh-hosts.js'

const VIP = '10.77.0.240'
/** The cluster file with the nodes at the lab's addresses. */
const CLUSTER = readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8').replaceAll(
  'address: 10.0.0.',
  'address: 10.77.0.',
)
const WIRE_ONLY = `version: 1\nvips: [{ip: ${VIP}, answerWithinMs: 100}]\ncluster: false\n`
const OF_CLUSTER = `version: 1\nvips: [{service: default/web, nodes: [node-c]}]\n`
/** node-c is elected for the VIP in the cluster file. */
const nodes = (holders: readonly string[]): SegmentSpec => ({
  hosts: ['node-a', 'node-b', 'node-c'].map((name) => ({ name, vips: holders.includes(name) ? [VIP] : [] })),
})

let segment: Segment | null = null
afterEach(() => {
  segment?.remove()
  segment = null
})

interface Options {
  readonly env?: NodeJS.ProcessEnv
  /** What stands before l2doctor. */
  readonly before?: readonly string[]
}

/** Answers with the client's folder, which holds cluster.yaml. */
async function build(holders: readonly string[]): Promise<string> {
  segment = await buildSegment(nodes(holders))
  const folder = segment.directory('client')
  writeFileSync(join(folder, 'cluster.yaml'), CLUSTER)
  return folder
}

/** Runs `check` at the client with this file, and no kubeconfig of the machine that tests. */
async function check(text: string, flags: readonly string[] = [], { env, before = [] }: Options = {}): Promise<Done> {
  const folder = segment!.directory('client')
  writeFileSync(join(folder, 'l2doctor.yaml'), text)
  const alone = { ...process.env, HOME: folder, KUBECONFIG: '', LC_ALL: 'C.UTF-8', ...env }
  const argv = [...before, ...CLI, 'check', ...flags]
  return segment!.exec('client', argv, { cwd: folder, env: alone, timeoutMs: 90_000 })
}

function statuses({ stdout, stderr }: Done) {
  if (stdout === '') throw new Error(`no report: ${stderr}`)
  const { expectations } = reportSchema.parse(JSON.parse(stdout))
  return Object.fromEntries(expectations.map(({ id, status }) => [id, status]))
}

describeLab('check', () => {
  it('of a healthy VIP ends in 0 within ten seconds', async () => {
    await build(['node-c'])
    const before = performance.now()
    const done = await check(WIRE_ONLY)
    expect(performance.now() - before).toBeLessThan(10_000)
    expect([done.code, done.stderr.includes('bug')]).toEqual([0, false])
    expect(done.stdout).toContain(`√ 1 machine answers for ${VIP}`)
    expect(done.stdout).toContain('√ All 3 expectations hold')
  })

  it('of a healthy Service names its node by the cluster', async () => {
    await build(['node-c'])
    const done = await check(OF_CLUSTER, ['--json', '--cluster-from', 'cluster.yaml'])
    expect(statuses(done)).toEqual({
      'default/web/responders': 'held',
      'default/web/nodes': 'held',
      findings: 'held',
      cluster: 'held',
    })
    expect(done.code).toBe(0)
  })

  it('of two owners ends in 1 and names the expectation, in every output', async () => {
    const folder = await build(['node-b', 'node-c'])
    const [xml, summary] = [join(folder, 'l2doctor.xml'), join(folder, 'summary.md')]
    const env = { GITHUB_STEP_SUMMARY: summary, L2DOCTOR_OUTPUT: `github,junit=${xml}` }
    const done = await check(OF_CLUSTER, ['--cluster-from', 'cluster.yaml'], { env })
    expect(done.code).toBe(1)
    expect(done.stdout).toMatch(/^::error title=Expectation failed%3A default\/web\/responders::.*node-b/m)
    expect(done.stdout).toMatch(/^::error title=Expectation failed%3A default\/web\/nodes::.*node-b answered/m)
    expect(readFileSync(xml, 'utf8')).toMatch(/<testcase[^>]* name="default\/web\/responders">\s*<failure /)
    expect(readFileSync(summary, 'utf8')).toContain('| ❌ | 1 machine answers for default/web |')
  })

  it('can accept a finding, but not an expectation', async () => {
    await build(['node-b', 'node-c'])
    const allowed = (rule: string) => `  - {rule: ${rule}, reason: lab}\n`
    const text = `${WIRE_ONLY}allow:\n${allowed('wire/duplicate-responders')}${allowed('wire/no-answer')}`
    const done = await check(text, ['--json'])
    expect(statuses(done)).toMatchObject({ [`${VIP}/responders`]: 'failed', findings: 'held' })
    const { findings, suppressed } = reportSchema.parse(JSON.parse(done.stdout))
    expect(findings.map(({ rule }) => rule)).toEqual(['check/allowance-unused'])
    expect(suppressed.map(({ rule }) => rule)).toContain('wire/duplicate-responders')
  })

  it('waits until a VIP is there', async () => {
    await build([])
    segment!.script(['sleep 6', `ip -n $NODE_C addr add ${VIP}/32 dev eth0`])
    const done = await check(WIRE_ONLY, ['--wait', '1m', '--json'])
    expect(done.stderr).toMatch(/expectations failed: 1 machine answers.*\nTrying again for \d+ s more/)
    expect(done.code).toBe(0)
  })

  it('keeps the baseline of this run for the next', async () => {
    const folder = await build(['node-c'])
    const baseline = join(folder, 'baseline.json')
    const text = `${OF_CLUSTER}baseline: ${baseline}\n`
    expect((await check(text, ['--cluster-from', 'cluster.yaml'])).code).toBe(0)
    expect(readFileSync(baseline, 'utf8')).toContain('default/web')
    const moved = join(folder, 'moved.yaml')
    writeFileSync(moved, CLUSTER.replaceAll('10.77.0.241', '10.77.0.249'))
    const { stdout } = await check(text, ['--json', '--cluster-from', moved])
    expect(reportSchema.parse(JSON.parse(stdout)).findings.map(({ rule }) => rule)).toContain('service/vip-changed')
  })
})

describeLab('a check that cannot look', () => {
  it('without CAP_NET_RAW: 3', async () => {
    await build(['node-c'])
    const before = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--']
    const done = await check(WIRE_ONLY, ['--json'], { before })
    expect(statuses(done)).toMatchObject({ [`${VIP}/responders`]: 'unknown', findings: 'unknown' })
    expect(done.code).toBe(3)
    expect(done.stdout).toContain('CAP_NET_RAW')
  })

  it.each([
    ['an address', `version: 1\nvips: [{ip: ${VIP}}]\n`, VIP, 'held'],
    ['a Service', OF_CLUSTER, 'default/web', 'unknown'],
  ])('no API server, and the file names %s: 3', async (_, text, name, responders) => {
    const folder = await build(['node-c'])
    const kubeconfig = join(folder, 'kubeconfig')
    const server = 'https://10.77.0.11:6443' // a host of the segment where nothing listens
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'lab', cluster: { server } }],
        users: [{ name: 'lab', user: { token: 'none' } }],
        contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
        'current-context': 'lab',
      }),
    )
    const done = await check(text, ['--json', '--kubeconfig', kubeconfig])
    expect(statuses(done)).toMatchObject({ [`${name}/responders`]: responders, cluster: 'unknown' })
    expect(done.code).toBe(3)
  })

  it('no kubeconfig, though the file wants the cluster: 3', async () => {
    await build(['node-c'])
    const done = await check(`version: 1\nvips: [{ip: ${VIP}}]\n`, ['--json'])
    expect(statuses(done)).toMatchObject({ cluster: 'unknown' })
    expect(done.code).toBe(3)
  })

  it('a wrong file: 2, with every fault by line and column', async () => {
    await build([])
    const done = await check(`version: 2\nvips:\n  - ip: 10.77.0.999\n    responder: 1\n`)
    expect([done.code, done.stdout]).toEqual([2, ''])
    expect(done.stderr).toContain('l2doctor.yaml:1:10: version: must be 1\n')
    expect(done.stderr).toContain(
      'l2doctor.yaml:3:9: vips[0].ip: must be an address such as 10.0.0.240 or 2001:db8::240, without an interface\n',
    )
    expect(done.stderr).toContain('l2doctor.yaml:3:5: vips[0]: Unrecognized key: "responder"\n')
  })
})

describeLab('init', () => {
  async function init(...flags: string[]): Promise<Done> {
    return segment!.exec('client', [...CLI, 'init', ...flags], { cwd: segment!.directory('client') })
  }

  it('writes a file of the cluster that check accepts', async () => {
    const folder = await build(['node-c'])
    const done = await init('--cluster-from', 'cluster.yaml')
    expect([done.code, done.stdout]).toEqual([0, ''])
    expect(done.stderr).toContain('Wrote l2doctor.yaml')
    const text = readFileSync(join(folder, 'l2doctor.yaml'), 'utf8')
    expect(text).toContain(`  - ip: ${VIP}\n    service: "default/web"\n`)
    const checked = await check(text, ['--json', '--cluster-from', 'cluster.yaml'])
    // nobody answers for the other Service in this lab
    expect(statuses(checked)).toMatchObject({ [`${VIP}/service`]: 'held', '10.77.0.241/responders': 'failed' })
  })

  it('needs no cluster for given VIPs, and overwrites nothing unasked', async () => {
    const folder = await build(['node-c'])
    expect((await init('--vip', VIP)).code).toBe(0)
    const again = await init('--vip', '10.77.0.9')
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force')])
    const text = readFileSync(join(folder, 'l2doctor.yaml'), 'utf8')
    expect((await check(text)).code).toBe(0)
    expect((await init('--vip', '10.77.0.9', '--force')).code).toBe(0)
    expect(readFileSync(join(folder, 'l2doctor.yaml'), 'utf8')).toContain('- ip: 10.77.0.9\n')
  })

  it('says what it lacks where there is neither: 3', async () => {
    const folder = await build([])
    const done = await segment!.exec('client', ['env', `HOME=${folder}`, 'KUBECONFIG=', ...CLI, 'init'], {
      cwd: folder,
    })
    expect(done.code).toBe(3)
  })
})
