import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Done } from '../../src/lab/segment.js'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { hasSshd, type SshdOptions } from './ssh-hosts.js'
import { buildSite, inMounts, reportOf, type Site, VIP } from './vantage-site.js'

const HOLDER_MAC = '02:00:00:00:00:19'
const VIP6 = 'fd77::240'

/** An account that is not root and may log in, where nobody is let in by anything but its key. */
const ACCOUNT = `sed 's|^nobody:.*|nobody:x:65534:65534::/tmp:/bin/sh|' /etc/passwd >/mnt/passwd
  mount --bind /mnt/passwd /etc/passwd`
/** Programs that are all that its PATH has. */
const only = (...programs: readonly string[]) =>
  `mkdir /mnt/bin; for one in ${programs.join(' ')}; do ln -s $(command -v $one) /mnt/bin/; done`
const script = (path: string, text: string) => `printf '#!/bin/sh\\n%s\\n' '${text}' >${path} && chmod 755 ${path}`
/** A program in the place of another, for the host alone. */
const stand = (program: string, text: string) => `${script('/mnt/stand', text)} && mount --bind /mnt/stand ${program}`

/** What is wrong with each place, and what is said of it. */
const TROUBLES: Readonly<Record<string, { readonly sshd: SshdOptions | null; readonly reason: RegExp }>> = {
  'changed-key': { sshd: { changedKey: true }, reason: /^its host key has changed/ },
  'refused-key': { sshd: { settings: ['AuthorizedKeysFile none'] }, reason: /^it refused our keys/ },
  'no-sshd': { sshd: null, reason: /^it refused the connection/ },
  'forced-command': {
    sshd: { forceCommand: 'echo only backups here' },
    reason: /^no POSIX shell there/,
  },
  'no-sudo': {
    sshd: {
      user: 'nobody',
      settings: ['SetEnv PATH=/mnt/bin'],
      wrapped: inMounts(`${ACCOUNT}; ${only('sh', 'id', 'date', 'uname', 'tcpdump', 'perl')}`),
    },
    reason: /^sudo is not there/,
  },
  'refused-sudo': {
    sshd: {
      user: 'nobody',
      settings: ['SetEnv PATH=/mnt/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      wrapped: inMounts(
        `${ACCOUNT}; mkdir /mnt/bin; ${script('/mnt/bin/sudo', 'echo sudo: a password is required >&2; exit 1')}`,
      ),
    },
    reason: /^sudo -n is refused there/,
  },
}
const GOOD: Readonly<Record<string, SshdOptions>> = {
  good: {},
  banner: { wrapped: inMounts('echo "echo Welcome; echo 0123456789abcdef; echo Be careful >&2" >~/.bashrc') },
}
const NAMES = [...Object.keys(TROUBLES), ...Object.keys(GOOD)]

describeLab('places that are in trouble', () => {
  describe.runIf(hasSshd)('beside places that are not', () => {
    let site: Site
    let folder = ''
    let done: Done
    let report: Report
    beforeAll(async () => {
      const served = Object.entries(TROUBLES).flatMap(([name, { sshd }]) => (sshd ? [[name, sshd] as const] : []))
      const hosts = [
        ...NAMES.map((name) => (name === 'good' ? { name, address6: 'fd77::18/64' } : { name })),
        { name: 'holder', vips: [VIP, VIP6] },
      ]
      site = await buildSite(hosts, { ...GOOD, ...Object.fromEntries(served) })
      folder = site.segment.directory('client')
      chmodSync(join(folder, '..'), 0o755)
      chmodSync(folder, 0o755) // the key is read as who logs in
      site.ssh.know('no-sshd')
      const at = [...NAMES, 'no.such.host.invalid'].flatMap((name) => ['--at', `ssh:${name}`])
      done = await site.run('scan', '--vip', VIP, '--no-kube', '--json', '--become', ...at)
      report = reportOf(done)
    }, 120_000)
    afterAll(() => site?.segment.remove())

    it.each([
      ...Object.entries(TROUBLES).map(([name, { reason }]) => [name, reason] as const),
      ['no.such.host.invalid', /^its name does not resolve/] as const,
    ])('%s is one decisive gap with the next step', (name, reason) => {
      const gaps = report.gaps.filter(({ subject }) => subject.includes(name))
      expect(gaps).toMatchObject([{ subject: name, reason: expect.stringMatching(reason), decisive: true }])
      expect(gaps[0]?.hint).toMatch(/./)
      const place = report.vantages.find((one) => one.name === name)
      expect(place).toMatchObject({ read: 'no', addresses: [{ state: 'unread' }] })
    })

    it.each(Object.keys(GOOD))('%s: what it saw stands', (name) => {
      expect(report.vantages.find((one) => one.name === name)).toMatchObject({
        read: 'whole',
        addresses: [{ state: 'answered', asked: 4, answered: 4, machines: [{ mac: HOLDER_MAC, answered: 4 }] }],
      })
    })

    it('the run is inconclusive, and finds no fault in what was not seen', () => {
      expect([done.code, report.verdict, report.findings]).toEqual([3, 'inconclusive', []])
    })

    it('a host that is asked for an IPv6 address', async () => {
      const v6 = reportOf(await site.run('scan', '--vip', VIP6, '--no-kube', '--json', '--at', 'ssh:good'))
      expect(v6.addresses).toMatchObject([{ ip: VIP6, claims: [{ mac: HOLDER_MAC }] }])
      expect(v6.vantages).toMatchObject([{ read: 'whole', addresses: [{ ip: VIP6, state: 'answered' }] }])
      expect(v6.verdict).toBe('healthy')
    })

    it('a host that has no address of the segment, and says so', async () => {
      const v6 = reportOf(await site.run('scan', '--vip', VIP6, '--no-kube', '--json', '--at', 'ssh:banner'))
      expect(v6.gaps).toMatchObject([
        {
          subject: 'banner',
          reason: expect.stringMatching(/^it is not on the segment of the address: it has no route/),
          hint: expect.stringContaining('--at ssh:banner/INTERFACE'),
          decisive: true,
        },
      ])
    })

    it('what was recorded there, beside this machine, under the name of the host', async () => {
      const file = join(folder, 'good.pcap')
      const live = await site.run('scan', '--vip', VIP, '--no-kube', '--json', '--at', 'ssh:good', '--write', file)
      const at = ['--at', `file:good=${file}`, '--at', 'local']
      const { code, stdout } = await site.run('diagnose', '--vip', VIP, '--no-kube', '--no-hosts', '--json', ...at)
      const both: Report = JSON.parse(stdout)
      expect([live.code, code, both.verdict]).toEqual([0, 0, 'healthy'])
      expect(both.vantages).toMatchObject([
        { name: 'good', kind: 'file', source: { kind: 'file' }, addresses: [{ state: 'answered', asked: 4 }] },
        { name: 'local', kind: 'local', source: { kind: 'live' }, addresses: [{ state: 'answered', asked: 4 }] },
      ])
    })

    it('a file that is none, and one that is not there', async () => {
      const text = join(folder, 'text.pcap')
      writeFileSync(text, 'not a capture\n')
      const at = ['--at', `file:text=${text}`, '--at', `file:gone=${folder}/gone.pcap`, '--at', 'local']
      const ran = await site.run('scan', '--vip', VIP, '--no-kube', '--json', ...at)
      const both = reportOf(ran)
      expect([ran.code, both.verdict]).toEqual([3, 'inconclusive'])
      expect(both.vantages.map(({ name, read }) => [name, read])).toEqual([
        ['text', 'no'],
        ['gone', 'no'],
        ['local', 'whole'],
      ])
      const gaps = both.gaps.filter(({ decisive }) => decisive)
      expect(gaps).toHaveLength(2)
      for (const { hint } of gaps) expect(hint).toMatch(/./)
    })

    it('a clock that is hours off, by a `date` that says so (a fake)', async () => {
      const options = { wrapped: inMounts(stand('/usr/bin/date', 'echo $(($(/usr/bin/busybox date +%s) - 10800))')) }
      const late = await buildSite([{ name: 'late' }, { name: 'holder', vips: [VIP] }], { late: options })
      try {
        const ran = await late.run('scan', '--vip', VIP, '--no-kube', '--json', '--at', 'ssh:late', '--at', 'local')
        const said = reportOf(ran)
        expect(said.gaps).toMatchObject([
          { subject: 'clock of late', reason: expect.stringMatching(/^its clock is 3 hours behind/), decisive: false },
        ])
        expect([ran.code, said.verdict]).toEqual([0, 'healthy'])
      } finally {
        late.segment.remove()
      }
    })
  })
})
