import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { hasSshd } from './ssh-hosts.js'
import { buildSite, inShell, reportOf, type Site } from './vantage-site.js'

const VIP = '10.99.0.240'
const HOLDER_MAC = '02:00:00:00:00:12'

const gapOf = ({ gaps }: Report) => gaps.find(({ subject, decisive }) => subject === VIP && decisive)

describeLab('an address of a segment that this machine is not on', () => {
  describe.runIf(hasSshd)('behind the router', () => {
    let site: Site
    beforeAll(async () => {
      const hosts = [
        { name: 'node-a', sysctls: { 'net.ipv4.ip_forward': 1 } },
        { name: 'holder', vips: [VIP] },
      ]
      site = await buildSite(hosts, { 'node-a': {} }, [
        'ip -n $NODE_A address add 10.99.0.11/24 dev eth0',
        'ip -n $CLIENT route add default via 192.0.2.11 dev mgmt',
      ])
    })
    afterAll(() => site?.segment.remove())

    it('is not judged: the next step is to look from there', async () => {
      const ran = await site.run('scan', '--vip', VIP, '--no-kube', '--json')
      const report = reportOf(ran)
      expect([ran.code, report.verdict, report.findings]).toEqual([3, 'inconclusive', []])
      expect(gapOf(report)).toMatchObject({
        reason: expect.stringMatching(/^this machine is not on its segment/),
        hint: expect.stringContaining(`l2doctor scan --vip ${VIP} --at ssh:HOST`),
      })
      expect(report.headline).toContain('this machine is not on its segment')
    })

    it('the host is the one that was named, and the step works', async () => {
      const bundle = join(site.segment.directory('client'), 'case.bundle')
      const asked = ['--vip', VIP, '--no-kube', '--json']
      const ran = await site.run('diagnose', ...asked, '--host', 'node-a', '--save', bundle)
      const report = reportOf(ran)
      expect([ran.code, report.verdict, report.findings]).toEqual([3, 'inconclusive', []])
      const step = `l2doctor scan --vip ${VIP} --at ssh:node-a`
      expect(gapOf(report)?.hint).toContain(step)

      const again = reportOf(await site.run('diagnose', '--from', bundle, '--json'))
      expect([again.verdict, gapOf(again)]).toEqual([report.verdict, gapOf(report)])

      const there = await site.run(...step.split(' ').slice(1), '--no-kube', '--json')
      expect([there.code, reportOf(there).verdict]).toEqual([0, 'healthy'])
    })

    it('a check cannot be judged from here, and holds from there', async () => {
      const file = join(site.segment.directory('client'), 'check.yaml')
      writeFileSync(file, `version: 1\nvips: [{ip: "${VIP}", macs: ["${HOLDER_MAC}"]}]\ncluster: false\n`)
      const status = async (...at: readonly string[]) => {
        const ran = await site.run('check', '-f', file, '--json', ...at)
        return [ran.code, ...reportOf(ran).expectations.map((one) => one.status)]
      }
      expect(await status()).toEqual([3, 'unknown', 'unknown', 'unknown'])
      expect(await status('--at', 'ssh:node-a')).toEqual([0, 'held', 'held', 'held'])
    })

    it('is judged where somebody answers after all: a pool without a subnet here', async () => {
      await inShell(site.segment, ['ip -n $CLIENT route replace default via 10.77.0.11 dev eth0'])
      const report = reportOf(await site.run('scan', '--vip', VIP, '--no-kube', '--json'))
      expect(report.verdict).toBe('healthy')
      expect(report.addresses).toMatchObject([{ ip: VIP, claims: [{ mac: HOLDER_MAC }] }])
    })
  })
})
