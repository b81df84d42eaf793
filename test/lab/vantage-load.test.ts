import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERL_SENDER } from '../../src/capture/packet-senders.js'
import { sender } from '../../src/lab/programs.js'
import type { Report } from '../../src/report/report.js'
import { parseIpv6 } from '../../src/wire/ipv6.js'
import { parseMac } from '../../src/wire/mac.js'
import { solicitation } from '../../src/wire/write-discovery.js'
import { describeLab } from './describe-lab.js'
import { hasSshd } from './ssh-hosts.js'
import { buildSite, commOf, having, inShell, processesOf, reportOf, type Site, VIP, variable } from './vantage-site.js'

/** Each listens with another program. */
const PLACES = ['tcpdump', 'perl', 'python3']
const AT = PLACES.flatMap((name) => ['--at', `ssh:${name}`])
const VIP6 = 'fd77::240'
const STORM = { kind: 'reply', mac: '02:00:00:00:00:14', ip: '10.77.0.99', rate: 50_000 } as const
const SECONDS = 5
/** Longer than any of them has room for. */
const STOPPED_MS = 3000

const UNCOUNTED = expect.stringMatching(/how many frames .* is unknown$/)

const captureAt = (report: Report, name: string) => report.vantages.find((one) => one.name === name)?.capture

describeLab('what a place hears', () => {
  describe.runIf(hasSshd)('over ssh', () => {
    let site: Site
    beforeAll(async () => {
      const serving = PLACES.map((name) => [name, { wrapped: having(name) }] as const)
      const hosts = [...PLACES, 'node-a'].map((name) => ({ name }))
      site = await buildSite([...hosts, { name: 'holder', vips: [VIP] }], Object.fromEntries(serving))
    })
    afterAll(() => site?.segment.remove())

    /** Listens at the places while `happen` does. */
    async function heard(happen: () => Promise<unknown>, settleMs: number, ...argv: readonly string[]) {
      const flags = ['--no-kube', '--passive', '--json']
      const running = site.start('scan', ...flags, ...argv)
      const places = argv.filter((word) => word === '--at').length
      const all = () => running.said().match(/^from .*; engine/gm)?.length ?? 0
      await expect.poll(all, { timeout: 20_000 }).toBe(places)
      await happen()
      await sleep(settleMs)
      running.child.kill('SIGINT')
      return reportOf(await running.ended)
    }

    async function signal(to: NodeJS.Signals) {
      for (const name of PLACES) {
        const pids = [...(await processesOf(site, name))].filter((pid) => commOf(pid) === name)
        expect(pids).toHaveLength(1)
        process.kill(pids[0]!, to)
      }
    }

    it('of 50,000 frames a second, none is lost silently: each listener counts what it was too slow for', async () => {
      let sent = 0
      const storm = async () => {
        const sending = site.segment.exec('node-a', sender({ ...STORM, count: STORM.rate * SECONDS }))
        await sleep(500)
        await signal('SIGSTOP')
        await sleep(STOPPED_MS)
        await signal('SIGCONT')
        sent = Number((await sending).stdout.split(' ')[0])
      }
      const report = await heard(storm, 2000, '--vip', VIP, ...AT)
      expect(sent).toBe(STORM.rate * SECONDS)
      expect(PLACES.map((name) => captureAt(report, name)?.dropped)).toContainEqual(expect.any(Number))
      for (const name of PLACES) {
        const { arp = 0, dropped = null } = captureAt(report, name) ?? {}
        const own = report.gaps.filter(({ subject }) => subject.endsWith(`${name}/eth0`))
        // on a machine that has more to do, a listener may not come to its count in time: then that decides
        const reason = dropped === null ? UNCOUNTED : `the kernel dropped ${dropped} frames`
        expect(own).toMatchObject([{ reason, decisive: true }])
        if (dropped !== null)
          expect(Math.abs(sent - arp - dropped), `${name}: ${arp} heard, ${dropped} dropped`).toBeLessThanOrEqual(64)
      }
    })

    it('one that does not end in time cannot say what it lost, and that decides', async () => {
      const stop = async () => {
        await site.segment.exec('node-a', sender({ ...STORM, count: 1000 }))
        await sleep(500)
        await signal('SIGSTOP')
      }
      const report = await heard(stop, 0, '--vip', VIP, ...AT)
      for (const name of PLACES) {
        expect(captureAt(report, name)).toMatchObject({ arp: 1000, dropped: null })
        const own = report.gaps.filter(({ subject }) => subject === `capture on ${name}/eth0`)
        expect(own).toMatchObject([{ reason: UNCOUNTED, decisive: true }])
      }
    })

    it('solicitations to groups that it has not joined, and leaves the card as it was', async () => {
      // a macvlan passes groups by a filter, as a card does; veth passes all
      const on = (host: string, address: string) => [
        `ip -n ${host} link add link eth0 name card address 02:00:00:00:02:${address} type macvlan mode bridge`,
        `ip -n ${host} addr add fd77::${address}/64 dev card nodad`,
        `ip -n ${host} link set card up`,
      ]
      const sockets = PLACES.slice(1)
      await inShell(
        site.segment,
        [...sockets, 'client'].flatMap((name, at) => on(variable(name), `2${at}`)),
      )
      await sleep(3000) // what the kernel asks about its own new addresses
      const asker = { mac: parseMac('02:00:00:00:00:14')!, ip: parseIpv6('fd77::14')! }
      const frames = Array.from({ length: 8 }, (_, at) => solicitation(asker, parseIpv6(`fd77::99${at}`)!))
      const { stdout: index } = await site.segment.exec('node-a', ['cat', '/sys/class/net/eth0/ifindex'])
      const input = frames.map((frame) => `${Buffer.from(frame).toString('hex')}\n`).join('')
      const users = async (name: string) => {
        const { stdout } = await site.segment.exec(name, ['ip', '-d', '-j', 'link', 'show', 'dev', 'card'])
        return (JSON.parse(stdout) as [{ allmulti: number }])[0].allmulti
      }
      const during: number[] = []
      const ask = async () => {
        during.push(...(await Promise.all(sockets.map(users))))
        await site.segment.exec('node-a', ['perl', '-e', PERL_SENDER, index.trim()], { input })
      }
      const at = sockets.flatMap((name) => ['--at', `ssh:${name}/card`])
      const six = await heard(ask, 500, '--vip', VIP6, ...at)
      const four = await heard(ask, 500, '--vip', VIP, ...at)
      expect(during).toEqual([1, 1, 0, 0])
      expect(await Promise.all(sockets.map(users))).toEqual([0, 0])
      for (const name of sockets) {
        expect(captureAt(six, `${name}/card`)?.nd.neighborSolicitations).toBe(frames.length)
        expect(captureAt(four, `${name}/card`)?.nd.neighborSolicitations).toBeLessThan(frames.length)
      }
    })
  })
})
