import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { PERL_SENDER } from '../../src/capture/packet-senders.js'
import type { HostSpec } from '../../src/lab/model.js'
import { announcer } from '../../src/lab/programs.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import type { Report } from '../../src/report/report.js'
import { parseIpv6 } from '../../src/wire/ipv6.js'
import { parseMac } from '../../src/wire/mac.js'
import { advertisement } from '../../src/wire/write-discovery.js'
import { listenerFrame } from '../listener-frames.js'
import { describeLab } from './describe-lab.js'
import { ready } from './ready.js'
import { CLI, parseReport } from './scan-scenario.js'

const [VIP, VIP4, LINK_VIP] = ['fd77::240', '10.77.0.240', 'fe80::240']
const [MAC_A, MAC_B, CLIENT_MAC] = ['02:00:00:00:00:11', '02:00:00:00:00:12', '02:00:00:00:01:00']
const [CLIENT_LINK, CLIENT_GLOBAL] = ['fe80::ff:fe00:100', 'fd77::64']
const A: HostSpec = { name: 'node-a', vips: [VIP] }
const OVERRIDE = 0x20
/** Another address that somebody asks for. */
const HELD = 'fd77::241'

let segment: Segment | null = null
afterEach(() => {
  segment?.remove()
  segment = null
})

async function build(hosts: readonly HostSpec[], client: Partial<HostSpec> = {}): Promise<Segment> {
  segment = await buildSegment({ client: { address6: `${CLIENT_GLOBAL}/64`, ...client }, hosts })
  return segment
}

interface Ran {
  readonly code: number | null
  readonly report: Report
}

async function run(at: Segment, argv: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await at.exec('client', [...CLI, ...argv, '--json'], { timeoutMs: 60_000 })
  if (stdout === '') throw new Error(`no report, exit ${code}: ${stderr}`)
  return { code, report: parseReport(stdout) }
}

const scan = (at: Segment, ...flags: string[]) => run(at, ['scan', '--vip', VIP, '--no-kube', ...flags])
const rules = ({ report }: Ran) => report.findings.map(({ rule }) => rule)
const classes = ({ report }: Ran) =>
  Object.fromEntries(report.addresses[0]!.claims.map(({ mac, class: found }) => [mac, found]))

/** What leaves the client meanwhile: `[receiver's MAC, source, target]` of each solicitation, and anything else as it is. */
async function sent(at: Segment, work: () => Promise<unknown>): Promise<string[][]> {
  const filter = `ip6 and ether src ${CLIENT_MAC} and not (ip6[6] = 0 or ip6[40] = 133)`
  const listener = at.spawn('client', ['tcpdump', '-p', '-n', '-l', '-e', '-tt', '-Q', 'out', '-i', 'eth0', filter])
  let text = ''
  listener.stdout!.on('data', (chunk) => {
    text += chunk
  })
  await once(listener.stderr!, 'data')
  await work()
  const closed = once(listener, 'close')
  listener.kill('SIGTERM')
  await closed
  const solicits = /^(\S+) \S+ > (\S+), .*: (\S+) > \S+: ICMP6, neighbor solicitation, who has (\S+), length/
  return text
    .trim()
    .split('\n')
    .map((line) => solicits.exec(line)?.slice(1) ?? [line])
}

describeLab('an IPv6 address, asked live', () => {
  it.each(['cap', 'tcpdump', 'socket'])(
    '%s: one holder is healthy, asked from both addresses and by unicast',
    async (engine) => {
      const at = await build([A, { name: 'node-b' }])
      let ran: Ran | null = null
      const frames = await sent(at, async () => {
        ran = await scan(at, '--engine', engine)
      })
      const { code, report } = ran!
      expect([code, report.verdict, report.findings]).toEqual([0, 'healthy', []])
      expect(report.addresses).toMatchObject([
        { ip: VIP, rounds: 4, answeredRounds: 4, claims: [{ mac: MAC_A, class: 'owner', firstAnswers: 4 }] },
      ])
      const group = '33:33:ff:00:02:40'
      expect(frames.map(([, ...rest]) => rest)).toEqual([
        [group, CLIENT_LINK, VIP],
        [group, CLIENT_GLOBAL, VIP],
        [group, CLIENT_LINK, VIP],
        [group, CLIENT_GLOBAL, VIP],
        [MAC_A, CLIENT_LINK, VIP],
      ])
    },
  )

  it('two holders', async () => {
    const ran = await scan(await build([A, { name: 'node-b', vips: [VIP] }]))
    expect([ran.code, rules(ran), classes(ran)]).toEqual([
      1,
      ['wire/duplicate-responders'],
      { [MAC_A]: 'owner', [MAC_B]: 'owner' },
    ])
  })

  it('a proxy entry, alone and beside the holder', async () => {
    const alone = await scan(await build([{ name: 'node-a', proxies: [VIP] }]))
    expect([alone.code, rules(alone), classes(alone)]).toEqual([0, ['wire/proxy-responder'], { [MAC_A]: 'proxy-ndp' }])
    segment?.remove()
    const beside = await scan(await build([A, { name: 'node-b', proxies: [VIP] }]))
    expect([beside.code, classes(beside)]).toEqual([1, { [MAC_A]: 'owner', [MAC_B]: 'proxy-ndp' }])
    expect(rules(beside)).toEqual(expect.arrayContaining(['wire/duplicate-responders', 'wire/proxy-responder']))
  })

  it('nobody, and a holder whose detection of duplicates failed', async () => {
    const at = await build([A, { name: 'node-b', sysctls: { 'net.ipv6.conf.eth0.accept_dad': 1 } }])
    const shown = async () => (await at.exec('node-b', ['ip', '-6', 'addr', 'show', 'dev', 'eth0'])).stdout
    await at.exec('node-b', ['ip', 'addr', 'add', `${VIP}/128`, 'dev', 'eth0'])
    await expect.poll(shown, { timeout: 10_000 }).toContain('dadfailed')
    await at.exec('node-a', ['ip', 'addr', 'del', `${VIP}/128`, 'dev', 'eth0'])
    const ran = await scan(at)
    expect([ran.code, rules(ran)]).toEqual([1, ['wire/no-answer']])
    expect(ran.report.addresses[0]!.claims).toEqual([])
  })

  it('sees the detection of a host that another one denies, and none of one that goes well', async () => {
    const takes = { 'net.ipv6.conf.eth0.accept_dad': 1 }
    const at = await build([A, { name: 'node-b', sysctls: takes }, { name: 'node-c', sysctls: takes }])
    const scanning = run(at, ['scan', '--vip', `${VIP},${HELD}`, '--no-kube', '--duration', '6s'])
    await at.exec('node-a', ['tcpdump', '-p', '-c', '1', '-i', 'eth0', 'ip6[40] = 135'])
    await at.exec('node-b', ['ip', 'addr', 'add', `${VIP}/128`, 'dev', 'eth0'])
    await at.exec('node-c', ['ip', 'addr', 'add', `${HELD}/128`, 'dev', 'eth0'])
    const { report } = await scanning
    const found = report.findings.filter(({ rule }) => rule === 'wire/detection-denied')
    expect(found).toMatchObject([
      { certainty: 'certain', subject: { id: VIP }, data: { asker: MAC_B, other: MAC_A, how: 'answered' } },
    ])
  })

  it('does not disturb a machine that is about to take the address', async () => {
    const at = await build([{ name: 'node-a', sysctls: { 'net.ipv6.conf.eth0.accept_dad': 1 } }])
    const scanning = scan(at, '--duration', '5s', '--interval', '200ms')
    await at.exec('node-a', ['tcpdump', '-p', '-c', '1', '-i', 'eth0', 'ip6[40] = 135'])
    await at.exec('node-a', ['ip', 'addr', 'add', `${VIP}/128`, 'dev', 'eth0'])
    const ran = await scanning
    expect(classes(ran)).toEqual({ [MAC_A]: 'owner' })
    const { stdout } = await at.exec('node-a', ['ip', '-6', 'addr', 'show', 'dev', 'eth0'])
    expect(stdout).toContain(`${VIP}/128 scope global`)
    expect(stdout).not.toMatch(/dadfailed|tentative/)
  })

  it('corrects no neighbour table: one that leads astray still does after the scan', async () => {
    const at = await build([A, { name: 'node-b', address6: 'fd77::12/64' }])
    await at.exec('node-b', ['ip', 'neigh', 'replace', VIP, 'lladdr', CLIENT_MAC, 'dev', 'eth0', 'nud', 'stale'])
    await scan(at, '--duration', '3s')
    const { stdout } = await at.exec('node-b', ['ip', '-6', 'neigh', 'show', 'to', VIP])
    expect(stdout).toContain(`lladdr ${CLIENT_MAC} STALE`)
  })

  it('a switch that does not forward the group', async () => {
    const at = await build([{ ...A, deaf: true }])
    const ran = await scan(at, '--expect-mac', MAC_A)
    expect([ran.code, classes(ran)]).toEqual([1, { [MAC_A]: 'owner' }])
    expect(rules(ran)).toContain('wire/broadcast-not-answered')
  })

  it.each([
    ['with an advertisement that overrides', OVERRIDE, []],
    ['with one that does not', 0, ['wire/moved-without-override']],
    ['without any', null, ['wire/conflicting-claims']],
  ])('a move %s', async (_, flags, expected) => {
    const at = await build([A, { name: 'node-b' }])
    const scanning = scan(at, '--duration', '5s')
    await at.exec('node-a', ['tcpdump', '-p', '-c', '2', '-i', 'eth0', 'ip6[40] = 135'])
    // in one breath: a round in between would find nobody
    const from = `ip -n $NODE_A addr del ${VIP}/128 dev eth0`
    await once(at.script([`${from}; ip -n $NODE_B addr add ${VIP}/128 dev eth0 nodad`]), 'exit')
    if (flags !== null) {
      const index = (await at.exec('node-b', ['cat', '/sys/class/net/eth0/ifindex'])).stdout.trim()
      const frame = advertisement({ mac: parseMac(MAC_B)!, ip: parseIpv6(VIP)! }, null, { flags })
      await at.exec('node-b', ['perl', '-e', PERL_SENDER, index], { input: `${Buffer.from(frame).toString('hex')}\n` })
    }
    const ran = await scanning
    expect(classes(ran)).toEqual({ [MAC_A]: 'owner', [MAC_B]: 'owner' })
    expect(rules(ran)).toEqual(expected)
    expect(ran.code).toBe(0)
  })

  it('a link-local address, on the interface that its zone names', async () => {
    const at = await build([{ name: 'node-a', vips: [LINK_VIP] }], {
      setup: ['ip link add other type veth peer name other1', 'ip link set other up', 'ip link set other1 up'],
    })
    let ran: Ran | null = null
    const frames = await sent(at, async () => {
      ran = await run(at, ['scan', '--vip', `${LINK_VIP}%eth0`, '--no-kube'])
    })
    expect([ran!.code, ran!.report.verdict, classes(ran!)]).toEqual([0, 'healthy', { [MAC_A]: 'owner' }])
    expect(new Set(frames.map(([, , source]) => source))).toEqual(new Set([CLIENT_LINK]))
    const bare = await run(at, ['scan', '--vip', LINK_VIP, '--no-kube'])
    expect([bare.code, bare.report.headline]).toEqual([3, expect.stringContaining('is link-local')])
  })

  it('both families in one run, each with a verdict of its own', async () => {
    const at = await build([
      { name: 'node-a', vips: [VIP, VIP4] },
      { name: 'node-b', vips: [VIP] },
    ])
    const ran = await run(at, ['diagnose', '--vip', VIP4, '--vip', VIP, '--no-kube', '--no-hosts'])
    expect(ran.code).toBe(1)
    expect(ran.report.addresses.map(({ ip, verdict }) => [ip, verdict])).toEqual([
      [VIP4, 'healthy'],
      [VIP, 'findings'],
    ])
  })

  it('an expectation of a check file', async () => {
    const at = await build([A])
    const file = join(at.directory('client'), 'l2doctor.yaml')
    writeFileSync(file, `version: 1\nvips: [{ip: "fd77:0::240", macs: ["${MAC_A}"]}]\ncluster: false\n`)
    const ran = await run(at, ['check', '-f', file])
    expect([ran.code, ran.report.expectations.map(({ status }) => status)]).toEqual([0, ['held', 'held', 'held']])
  })
})

describeLab('an announcer that holds no address', () => {
  it('has not joined its group, as its answer to a querier shows; a kernel has', async () => {
    const at = await build([{ name: 'node-a' }, { name: 'node-b', vips: [HELD] }, { name: 'querier' }])
    await ready(at.spawn('node-a', announcer(VIP), { stdio: ['ignore', 'pipe', 'inherit'] }))
    const scanning = run(at, ['scan', '--vip', `${VIP},${HELD}`, '--no-kube', '--duration', '6s'])
    await at.exec('node-b', ['tcpdump', '-p', '-c', '2', '-i', 'eth0', 'ip6[40] = 135'])
    const { stdout: index } = await at.exec('querier', ['cat', '/sys/class/net/eth0/ifindex'])
    const from = { mac: parseMac('02:00:00:00:00:13')!, ip: parseIpv6('fe80::ff:fe00:13')! }
    const query = listenerFrame({ from, type: 'query', delayMs: 500 })
    const input = `${Buffer.from(query).toString('hex')}\n`
    await at.exec('querier', ['perl', '-e', PERL_SENDER, index.trim()], { input })
    const { report } = await scanning
    const found = report.findings.filter(({ rule }) => rule === 'wire/group-not-joined')
    expect(found).toMatchObject([{ subject: { id: VIP }, data: { mac: MAC_A, group: 'ff02::1:ff00:240' } }])
    expect(report.capture?.mld).toMatchObject({ queries: 1 })
  })

  it('answers the group alone: a note, and no fault', async () => {
    const at = await build([{ name: 'node-a' }])
    await ready(at.spawn('node-a', announcer(VIP), { stdio: ['ignore', 'pipe', 'inherit'] }))
    const ran = await scan(at)
    expect([ran.code, ran.report.verdict, classes(ran)]).toEqual([0, 'healthy', { [MAC_A]: 'unknown' }])
    expect(ran.report.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['wire/unicast-not-answered', 'info'],
    ])
  })
})

describeLab('what is sent for an IPv6 address', () => {
  it.each<[string, Partial<HostSpec>, readonly string[]]>([
    ['a machine that holds the address itself', { vips: [VIP] }, [CLIENT_LINK, CLIENT_GLOBAL]],
    ['one whose only address of the prefix is asked for too', { address6: `${HELD}/64` }, [CLIENT_LINK]],
    [
      'one with a second address of the prefix, which may be a VIP',
      { setup: ['ip addr add fd77::242/64 dev eth0 nodad'] },
      [CLIENT_LINK],
    ],
    ['one without a link-local address', { setup: [`ip addr del ${CLIENT_LINK}/64 dev eth0`] }, [CLIENT_GLOBAL]],
  ])('%s: only solicitations, never from a VIP, from :: only to a proxy alone', async (_, client, sources) => {
    const at = await build([A, { name: 'node-b', proxies: [VIP, HELD] }], client)
    const frames = await sent(at, () => run(at, ['scan', '-i', 'eth0', '--vip', `${VIP},${HELD}`, '--no-kube']))
    expect(frames.filter((frame) => frame.length !== 4)).toEqual([])
    expect(new Set(frames.map(([, , source]) => source))).toEqual(new Set([...sources, '::']))
    const nameless = frames.filter(([, , source]) => source === '::')
    expect(new Set(nameless.map(([, to]) => to))).toEqual(new Set([MAC_B]))
    const own = [...(client.vips ?? []), client.address6?.split('/')[0]]
    expect(nameless.filter(([, , , target]) => own.includes(target))).toEqual([])
    for (const [start] of frames) {
      // the scheduler may move a frame by some ms
      const within = frames.filter(([time]) => Number(time) >= Number(start) && Number(time) < Number(start) + 0.95)
      expect(within.length).toBeLessThanOrEqual(10)
    }
  })

  it('nothing, where no address of this machine is safe to name, and the report says so', async () => {
    const at = await build([A], { setup: ['ip -6 addr flush dev eth0'] })
    let ran: Ran | null = null
    const frames = await sent(at, async () => {
      ran = await scan(at, '-i', 'eth0')
    })
    expect(frames).toEqual([['']])
    expect([ran!.code, ran!.report.verdict]).toEqual([3, 'inconclusive'])
    expect(ran!.report.gaps).toContainEqual(
      expect.objectContaining({ subject: 'eth0', reason: expect.stringContaining('no solicitation was sent') }),
    )
  })
})
