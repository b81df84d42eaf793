import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFixture, objectsOf, THREE_NODES } from '../cluster/api-fixture.js'
import type { KubeObject } from '../cluster/api-selectors.js'
import { execute } from '../collect.js'
import { describeLab } from './describe-lab.js'
import { CLI, parseReport } from './scan-scenario.js'

/** `audit-cluster --baseline` from run to run, against an API server whose objects change in between. */

let folder: string
let baseline: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-baseline-'))
  baseline = join(folder, 'vips.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

type Edit = (object: KubeObject) => KubeObject | null

/** The cluster of the fixture, edited; a command may stand before the program's own. */
function audit(edit: Edit = (object) => object, before: readonly string[] = [], more: readonly string[] = []) {
  return runOn(edit, before, ['audit-cluster', '--baseline', baseline, ...more])
}

async function runOn(edit: Edit, before: readonly string[], argv: readonly string[]) {
  const api = new ApiFixture()
  const objects = objectsOf(THREE_NODES).map(edit)
  await api.start(objects.filter((object) => object !== null))
  try {
    return await execute([...before, ...CLI, ...argv, '--kubeconfig', api.path, '--json'])
  } finally {
    await api.stop()
  }
}

/** Of one kind and name; everything else stays. */
function editing(kind: string, name: string, edit: Edit): Edit {
  return (object) => (object['kind'] === kind && nameOf(object) === name ? edit(object) : object)
}

function nameOf(object: KubeObject): unknown {
  return (object['metadata'] as { name?: unknown }).name
}

function withIngress(...ips: readonly string[]): Edit {
  return (object) => ({ ...object, status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } } })
}

function changes(stdout: string) {
  const told = parseReport(stdout).findings.filter(({ rule }) => rule === 'service/vip-changed')
  return told.map(({ subject, severity, message }) => `${severity} ${subject.id} ${message.replace(/ \(since .*/, '')}`)
}

const bindings = () => JSON.parse(readFileSync(baseline, 'utf8')).bindings

describe('audit-cluster --baseline', () => {
  it('has nothing to compare with at first, says so, and writes one file', async () => {
    const { code, stdout } = await audit()
    expect(parseReport(stdout).skipped).toContainEqual({
      rule: 'service/vip-changed',
      because: `${baseline}: there is no baseline yet`,
    })
    expect([code, readdirSync(folder), bindings().length]).toEqual([0, ['vips.json'], 2])
  })

  it('tells nothing while nothing changes, and replaces the file as a whole each time', async () => {
    await audit()
    const first = statSync(baseline).ino
    const { stdout } = await audit()
    expect(changes(stdout)).toEqual([])
    expect(statSync(baseline).ino).not.toBe(first)
    expect(readdirSync(folder)).toEqual(['vips.json'])
  })

  it('tells once of every address that changed, vanished, moved or is new', async () => {
    await audit(editing('Service', 'api', withIngress()))
    const excluded = editing('Node', 'node-c', (object) => ({
      ...object,
      metadata: { name: 'node-c', labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
    }))
    expect(changes((await audit(excluded)).stdout)).toEqual([
      'info default/web default/web moved: 10.77.0.240 on node-c, now 10.77.0.240 on node-b',
      'info shop/api shop/api now has 10.77.0.241',
    ])
    const renumbered = editing('Service', 'web', withIngress('10.77.0.245'))
    const later: Edit = (object) => (nameOf(object) === 'api' ? null : renumbered(object))
    expect(changes((await audit(later)).stdout)).toEqual([
      'warning default/web default/web changed from 10.77.0.240 to 10.77.0.245',
      'warning shop/api shop/api no longer has 10.77.0.241',
    ])
    expect(changes((await audit(later)).stdout)).toEqual([])
  })

  it('leaves alone a file that is no baseline', async () => {
    writeFileSync(baseline, '{"kind":"Something"}')
    const { code, stdout, stderr } = await audit()
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('is not a baseline that audit-cluster wrote; name another file or remove it')
    expect(readFileSync(baseline, 'utf8')).toBe('{"kind":"Something"}')
  })

  it('keeps the old bindings when the report could not be written, so that the change is told next time', async () => {
    await audit()
    const edit = editing('Service', 'web', withIngress('10.77.0.245'))
    const failed = await audit(edit, [], ['--output', `junit=${folder}/none/report.xml`])
    expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining('none/report.xml')])
    expect(changes((await audit(edit)).stdout)).toHaveLength(1)
  })

  it('keeps the old bindings when there was no cluster to look at', async () => {
    await audit()
    const before = readFileSync(baseline, 'utf8')
    const flags = ['--kubeconfig', join(folder, 'none'), '--baseline', baseline, '--json']
    expect((await execute([...CLI, 'audit-cluster', ...flags])).code).toBe(3)
    expect(readFileSync(baseline, 'utf8')).toBe(before)
  })
})

describe('check with a baseline', () => {
  it('tells of a change whatever look it ends with, and once', async () => {
    await audit()
    const file = join(folder, 'check.yaml')
    writeFileSync(file, `version: 1\nbaseline: ${baseline}\ncluster: true\nvips: [{ service: default/none }]\n`)
    const edit = editing('Service', 'web', withIngress('10.77.0.245'))
    const waited = await runOn(edit, [], ['check', '-f', file, '--wait', '1s'])
    expect([changes(waited.stdout).length, waited.stderr]).toEqual([1, expect.stringContaining('Trying again')])
    expect(changes((await runOn(edit, [], ['check', '-f', file])).stdout)).toEqual([])
  })
})

describeLab('a baseline that cannot be written', () => {
  const edit = editing('Service', 'web', withIngress('10.77.0.245'))
  const inNamespace = (script: string) => ['unshare', '-m', 'sh', '-c', script, 'sh']

  it('is an error before anything is asked, on a read-only file system, and the old one stays', async () => {
    await audit()
    const before = readFileSync(baseline, 'utf8')
    const readOnly = `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder} && exec "$@"`
    const { code, stdout, stderr } = await audit(edit, inNamespace(readOnly))
    expect(stderr).toMatch(/^Error: cannot write .*vips\.json: EROFS.*; choose a writable path with enough room$/m)
    expect([code, stdout, readFileSync(baseline, 'utf8'), readdirSync(folder)]).toEqual([2, '', before, ['vips.json']])
  })

  it('leaves the old one and nothing else when the disk is full', async () => {
    await audit()
    const full = [
      `old=$(mktemp) && cp ${baseline} $old && mount -t tmpfs -o size=4k tmpfs ${folder} && cp $old ${baseline}`,
      `"$@"; code=$?; cmp $old ${baseline} && ls -A ${folder} >&2; rm $old; exit $code`,
    ].join('; ')
    const { code, stdout, stderr } = await audit(edit, inNamespace(full))
    expect([code, changes(stdout).length]).toEqual([2, 1])
    expect(stderr).toMatch(/^Error: cannot write .*vips\.json: ENOSPC.*\nvips\.json\n$/m)
  })
})
