import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type NeighbourMonitor, parseNeighbourChange, watchNeighbours } from '../../src/capture/neighbour-monitor.js'

const at = Date.UTC(2026, 10, 29, 12, 0, 0) * 1000 + 123_456
const [ip, ip6] = [0x0a4d00f0, 0xfd77_0000_0000_0000_0000_0000_0000_0240n]

it.each([
  ['10.77.0.240 dev eth0 lladdr 02:00:00:00:00:12 REACHABLE', { ip, interface: 'eth0', mac: 0x020000000012 }],
  ['Deleted 10.77.0.240 dev eth0 lladdr 02:00:00:00:00:12 STALE', { ip, interface: 'eth0', mac: null }],
  ['10.77.0.240 dev br0.7 FAILED', { ip, interface: 'br0.7', mac: null }],
  ['fd77::240 dev eth0 lladdr 02:00:00:00:00:12 router STALE', { ip: ip6, interface: 'eth0', mac: 0x020000000012 }],
])('%s', (text, change) => {
  expect(parseNeighbourChange(`[2026-11-29T12:00:00.123456] ${text}`)).toEqual({ at, ...change })
})

it.each([
  '',
  'Timestamp: Sun Nov 29',
  '10.77.0.240 dev eth0 FAILED',
  '[x.123456] 10.77.0.240 dev eth0',
  '[2026-11-29T12:00:00.123456] x dev y',
])('of %j nothing', (line) => expect(parseNeighbourChange(line)).toBeNull())

describe('what a fake ip says of the table', () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-fake-ip-'))
  afterEach(() => vi.unstubAllEnvs())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function watched(script: string) {
    writeFileSync(join(folder, 'ip'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    return new Promise<NeighbourMonitor>((resolve) => {
      const monitor = watchNeighbours(() => resolve(monitor))
    })
  }
  const ONE = "echo '[2026-11-29T12:00:00.123456] 10.77.0.240 dev eth0 FAILED'"
  const LOST = 'netlink receive error: No buffer space available'

  it.each([
    ['nothing, where it ends because it is stopped', ONE, null],
    ['that changes were lost', `echo '${LOST}' >&2; ${ONE}`, LOST],
  ])('%s', async (_, script, lack) => {
    const monitor = await watched(`${script}; exec sleep 60`)
    monitor.stop()
    expect(await monitor.ended).toBe(lack)
  })

  it('that it ended by itself', async () => {
    const monitor = await watched(`${ONE}; exit 3`)
    expect(await monitor.ended).toBe('ip ended with status 3')
  })
})
