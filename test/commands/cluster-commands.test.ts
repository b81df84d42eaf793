import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import AuditCluster from '../../commands/audit-cluster.js'
import Who from '../../commands/who.js'
import { reportSchema } from '../../src/report/report.js'
import { THREE_NODES } from '../cluster/api-fixture.js'

let dir: string
let out: string
let err: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'l2d-commands-'))
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation(
    taking((text) => {
      out += text
    }),
  )
  vi.spyOn(process.stderr, 'write').mockImplementation(
    taking((text) => {
      err += text
    }),
  )
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(dir, { recursive: true })
  process.exitCode = undefined
})

/** `write` of a stream that keeps the text and calls back. */
function taking(keep: (text: string) => void): typeof process.stdout.write {
  return ((text: string, done?: unknown) => {
    keep(text)
    if (typeof done === 'function') done()
    return true
  }) as typeof process.stdout.write
}

const ROOT = { root: import.meta.dirname }

it('audit-cluster reports on files, saves a snapshot that tells the same, and keeps the baseline', async () => {
  const [saved, baseline] = [join(dir, 'saved.json'), join(dir, 'vips.json')]
  await AuditCluster.run(['--cluster-from', THREE_NODES, '--json', '--save', saved, '--baseline', baseline], ROOT)
  const first = reportSchema.parse(JSON.parse(out))
  expect(process.exitCode).toBe(0)
  expect(first.addresses.map(({ ip }) => ip)).toEqual(['10.77.0.5', '10.77.0.240', '10.77.0.241'])
  expect(existsSync(baseline)).toBe(true)
  out = ''
  await AuditCluster.run(['--cluster-from', saved, '--json'], ROOT)
  const second = reportSchema.parse(JSON.parse(out))
  const said = ({ findings, addresses, gaps, verdict }: typeof first) => [
    findings,
    addresses,
    gaps.map(({ subject, decisive }) => [subject, decisive]),
    verdict,
  ]
  expect(said(second)).toEqual(said(first))
})

it('audit-cluster is inconclusive without a cluster', async () => {
  await AuditCluster.run(['--kubeconfig', join(dir, 'none'), '--json'], ROOT)
  expect(reportSchema.parse(JSON.parse(out))).toMatchObject({ verdict: 'inconclusive', addresses: [] })
  expect(process.exitCode).toBe(3)
})

it('who prints a line for the address, and nothing else', async () => {
  await Who.run(['10.77.0.240', '--cluster-from', THREE_NODES], ROOT)
  expect([out, err]).toEqual(['10.77.0.240  default/web  node-c (metallb election: sha256 99f62df7)\n', ''])
  expect(process.exitCode).toBeUndefined()
})

it('who prints nothing that a terminal obeys, whatever a Service is called', async () => {
  const hostile = join(dir, 'cluster.yaml')
  writeFileSync(hostile, readFileSync(THREE_NODES, 'utf8').replace(/^( *name:) web$/gm, '$1 "w\\u009beb"'))
  await Who.run(['10.77.0.240', '--cluster-from', hostile, '--json'], ROOT)
  expect(out).toContain('w\\u009beb')
  expect(out).not.toContain('\u009b')
})

it('who exits 3 when nobody can be named, or there is no cluster', async () => {
  await Who.run(['10.9.9.9', '--cluster-from', THREE_NODES], ROOT)
  expect(process.exitCode).toBe(3)
  process.exitCode = undefined
  await Who.run(['--kubeconfig', join(dir, 'none')], ROOT)
  expect(err).toContain('no such file')
  expect(process.exitCode).toBe(3)
})
