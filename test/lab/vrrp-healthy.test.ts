import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { type Instance, type Running, startKeepalived, whyNoKeepalived } from './keepalived.js'
import { Said } from './said.js'
import { CLI } from './ssh-hosts.js'

const VIP = '10.77.0.240'
const VIP6 = 'fd77::240'
const A: Instance = { priority: 150, vips: [VIP] }
const B: Instance = { priority: 100, vips: [VIP] }
const SIX = { vips: ['fe80::77:1', `${VIP6}/64`] }

/** They mostly wait, so that a few stand at the same time. */
const open = new Set<Segment>()
afterAll(() => {
  for (const segment of open) segment.remove()
})

interface Pair {
  readonly segment: Segment
  readonly master: Running
  readonly backup: Running
}

/**
 * Longer than the longest interval of a master here. A backup that was set to a shorter one takes over once before it has heard, by
 * the first advert, how long to wait (RFC 9568 section 6.4.2).
 */
const HEARD_SECONDS = '3'

/** The first is master before the second starts, which has heard it by the end. */
async function pair([first, second]: readonly [Instance, Instance]): Promise<Pair> {
  const hosts = ['lb-a', 'lb-b'].map((name, at) => ({ name, address6: `fd77::1${at + 1}/64` }))
  const segment = await buildSegment({ hosts, client: { address6: 'fd77::100/64' } })
  open.add(segment)
  const master = startKeepalived(segment, 'lb-a', first)
  await master.entered('MASTER')
  const backup = startKeepalived(segment, 'lb-b', second)
  await backup.entered('BACKUP')
  await segment.exec('client', ['sleep', HEARD_SECONDS])
  return { segment, master, backup }
}

async function scan(segment: Segment, ...flags: readonly string[]): Promise<Report> {
  const where = flags.includes('--read') ? [] : ['-i', 'eth0']
  const { stdout, stderr } = await segment.exec('client', [...CLI, 'scan', ...where, '--json', ...flags])
  if (stdout === '') throw new Error(stderr)
  return reportSchema.parse(JSON.parse(stdout))
}

const found = ({ findings, verdict }: Report) => ({
  verdict,
  told: findings.filter(({ severity }) => severity !== 'info').map(({ rule, message }) => `${rule}: ${message}`),
})
const HEALTHY = { verdict: 'healthy', told: [] }
const mastersOf = ({ capture }: Report) => capture!.vrrp!.routers.map(({ master }) => master)

const whyNot = whyNoKeepalived()
if (whyNot) console.warn(`SKIPPED healthy pairs of VRRP: ${whyNot}`)
const given =
  whyNot === null
    ? describeLab
    : (name: string, tests: () => void) => describe.skip(`${name} (SKIPPED: ${whyNot})`, tests)

given('two real keepalived that are well, though it may look otherwise', () => {
  it.concurrent.each<[string, readonly [Instance, Instance]]>([
    ['the owner of the address, with priority 255', [{ ...A, priority: 255 }, B]],
    ['equal priorities', [B, B]],
    ['a master of lower priority that is not preempted', [B, { ...A, lines: ['nopreempt'] }]],
    ['intervals of VRRPv3 that differ, which the backup learns', [{ ...A, interval: 1 }, B]],
    ['a backup that advertises more slowly than its master', [A, { ...B, interval: 1 }]],
  ])('%s', async (_, instances) => {
    const { segment } = await pair(instances)
    const report = await scan(segment, '--vip', VIP)
    expect(found(report)).toEqual(HEALTHY)
    expect(mastersOf(report)).toEqual(['10.77.0.11'])
  })

  it.concurrent('a master from which somebody takes the address: keepalived adds it again', async () => {
    const { segment, master } = await pair([A, B])
    expect((await segment.exec('lb-a', ['ip', 'addr', 'del', `${VIP}/32`, 'dev', 'eth0'])).code).toBe(0)
    await master.entered('BACKUP')
    await master.entered('MASTER')
    expect(found(await scan(segment, '--vip', VIP))).toEqual(HEALTHY)
  })

  it.concurrent.each<[string, readonly string[], string, string]>([
    ['IPv4', A.vips, VIP, '10.77.0.11'],
    ['IPv6', SIX.vips, VIP6, 'fe80::ff:fe00:11'],
  ])('%s: a pair, its failover and the way back within seconds', async (_, vips, vip, first) => {
    const { segment, master, backup } = await pair([
      { ...A, vips },
      { ...B, vips },
    ])
    const before = await scan(segment, '--vip', vip)
    expect(found(before)).toEqual(HEALTHY)
    expect(mastersOf(before)).toEqual([first])
    const file = join(segment.directory('client'), 'failover.pcap')
    const heard = segment.spawn('client', ['tcpdump', '-p', '-U', '-i', 'eth0', '-w', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const dump = new Said(heard, [heard.stderr!])
    await dump.wait('listening on')
    await master.stop()
    await backup.entered('MASTER')
    const back = startKeepalived(segment, 'lb-a', { ...A, vips })
    await back.entered('MASTER')
    await backup.entered('BACKUP')
    expect(found(await scan(segment, '--vip', vip))).toEqual(HEALTHY)
    heard.kill('SIGINT')
    await dump.ended
    const report = await scan(segment, '--vip', vip, '--read', file)
    expect(found(report)).toEqual(HEALTHY)
    expect(report.capture!.vrrp!.routers).toMatchObject([{ master: first, changes: 2 }])
  })
})
