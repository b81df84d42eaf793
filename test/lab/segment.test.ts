import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import type { SegmentSpec } from '../../src/lab/model.js'
import { responder, sender } from '../../src/lab/programs.js'
import { directoryOf, removeLeftovers } from '../../src/lab/removal.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'

const VIP = '10.77.0.240'
const standing: Segment[] = []

async function build(spec: SegmentSpec): Promise<Segment> {
  const segment = await buildSegment(spec)
  standing.push(segment)
  return segment
}

afterEach(() => {
  for (const segment of standing.splice(0)) segment.remove()
})

/** MACs that answer, in order, as tcpdump sees them at the client while it asks `asks` times. */
async function answers(segment: Segment, asks: number, listenMs: number): Promise<string[]> {
  const argv = ['tcpdump', '-p', '-n', '-l', '-e', '-i', 'eth0', `arp[6:2] == 2 and arp src host ${VIP}`]
  const listener = segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  let heard = ''
  listener.stdout?.on('data', (text) => {
    heard += text
  })
  await once(listener.stderr!, 'data')
  const { mac } = segment.host('client')
  await segment.exec('client', sender({ kind: 'request', mac, ip: VIP, rate: 20, count: asks }))
  await new Promise((resolve) => setTimeout(resolve, listenMs))
  const closed = once(listener, 'close')
  listener.kill('SIGTERM')
  await closed
  return [...heard.matchAll(/is-at (\S+?),/g)].map((match) => match[1]!)
}

describeLab('lab segment', () => {
  it('has every holder of a VIP answer, from the first moment', async () => {
    const segment = await build({
      hosts: [{ name: 'node-a', vips: [VIP] }, { name: 'node-b', vips: [VIP] }, { name: 'node-c' }],
    })
    const macs = await answers(segment, 1, 200)
    expect(macs.toSorted()).toEqual(['02:00:00:00:00:11', '02:00:00:00:00:12'])
  })

  it('has a proxy answer late', async () => {
    const segment = await build({ hosts: [{ name: 'node-a', proxies: [VIP] }] })
    expect(new Set(await answers(segment, 3, 1000))).toEqual(new Set(['02:00:00:00:00:11']))
  })

  it('sends no broadcast to a deaf host', async () => {
    const segment = await build({ hosts: [{ name: 'node-a', vips: [VIP], deaf: true }] })
    expect(await answers(segment, 3, 200)).toEqual([])
  })

  it('has a responder in user space that answers one request in three', async () => {
    const segment = await build({ hosts: [{ name: 'node-a' }] })
    const child = segment.spawn('node-a', responder('eth0', VIP, 'every=3'), { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout!, 'data')
    expect(await answers(segment, 9, 200)).toHaveLength(3)
  })

  it('carries exactly the frames that were sent over a cable', async () => {
    const segment = await build({ hosts: [{ name: 'node-a' }], cable: true })
    const { mac } = segment.host('node-a')
    const sent = await segment.exec('node-a', sender({ kind: 'reply', mac, ip: VIP, rate: 50_000, count: 5000 }))
    expect(sent.stdout).toMatch(/^5000 /)
    const counted = await segment.exec('client', ['cat', '/sys/class/net/eth0/statistics/rx_packets'])
    expect(Number(counted.stdout)).toBeGreaterThanOrEqual(5000)
  })

  it('keeps segments that stand at the same time apart', async () => {
    const [one, two] = await Promise.all([
      build({ hosts: [{ name: 'node-a', vips: [VIP] }] }),
      build({ hosts: [{ name: 'node-a', vips: [VIP], mac: '02:00:00:00:00:99' }] }),
    ])
    expect(await answers(one, 1, 200)).toEqual(['02:00:00:00:00:11'])
    expect(await answers(two, 1, 200)).toEqual(['02:00:00:00:00:99'])
  })

  it('leaves nothing behind, neither processes nor namespaces nor files', async () => {
    const segment = await build({ hosts: [{ name: 'node-a' }] })
    const folder = segment.directory('node-a')
    const daemon = await segment.exec('node-a', ['sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 & echo $!'])
    segment.remove()
    expect(readdirSync('/run/netns').filter((name) => name.startsWith(segment.name))).toEqual([])
    expect(existsSync(folder)).toBe(false)
    await expect.poll(() => isRunning(daemon.stdout.trim())).toBe(false)
  })

  it('is removed when its process is killed outright, by the next build', async () => {
    const dead = spawn('sleep', ['0'])
    await once(dead, 'exit')
    const name = `l2d-${dead.pid}-1-client`
    execFileSync('ip', ['netns', 'add', name])
    // a build of another test file may be the next one
    removeLeftovers()
    await expect.poll(() => readdirSync('/run/netns')).not.toContain(name)
  })

  it.each([
    'throw new Error("uncaught")',
    'process.exit(3)',
    'process.kill(process.pid, "SIGTERM")',
    'process.kill(process.pid, "SIGINT")',
  ])('is removed when its process ends by %s', async (end) => {
    const module = new URL('../../dist/src/lab/segment.js', import.meta.url).href
    const code = `const { buildSegment } = await import('${module}')
        const { name } = await buildSegment({ hosts: [{ name: 'node-a' }] })
        console.log(name)
        setTimeout(() => {}, 60000)
        ${end}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [name] = (await once(child.stdout, 'data')).map((text) => String(text).trim())
    const [exitCode, signal] = await once(child, 'close')
    expect(name).toMatch(/^l2d-\d+-1$/)
    expect(signal ?? exitCode).not.toBe(0)
    expect(readdirSync('/run/netns').filter((namespace) => namespace.startsWith(name!))).toEqual([])
    expect(existsSync(directoryOf(name!))).toBe(false)
  })

  it('refuses names that would not survive a shell', async () => {
    await expect(buildSegment({ hosts: [{ name: 'a; reboot' }] })).rejects.toThrow('cannot name a host')
  })

  it('says what the kernel refused, and removes the half that stood', async () => {
    const attempt = buildSegment({ hosts: [{ name: 'node-a', address: '10.77.0.300/24' }] })
    await expect(attempt).rejects.toThrow(/cannot build l2d-\d+-\d+: .*10\.77\.0\.300/s)
    expect(readdirSync('/run/netns').filter((name) => name.startsWith(`l2d-${process.pid}-`))).toEqual([])
  })
})

/** A killed process may stay a zombie until init collects it. */
function isRunning(pid: string): boolean {
  if (!existsSync(`/proc/${pid}`)) return false
  return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}
