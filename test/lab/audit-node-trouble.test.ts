import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { SegmentSpec } from '../../src/lab/model.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { CLI, hasSshd, SshHosts } from './ssh-hosts.js'

const standing: Segment[] = []

async function build(spec: SegmentSpec): Promise<{ segment: Segment; hosts: SshHosts }> {
  const segment = await buildSegment(spec)
  standing.push(segment)
  return { segment, hosts: new SshHosts(segment) }
}

afterEach(() => {
  for (const segment of standing.splice(0)) segment.remove()
})

const gapOf = (report: Report, subject: string) => report.gaps.find((gap) => gap.subject === subject)?.reason

describeLab('audit-node in trouble', () => {
  describe.runIf(hasSshd)('hosts that are dead', () => {
    it('are gaps of their own among twenty, and cost no more than the slowest timeout', async () => {
      const alive = Array.from({ length: 17 }, (_, i) => `node-${i + 1}`)
      const drop = 'nft add table inet f; nft "add chain inet f in { type filter hook input priority 0; policy drop; }"'
      const { hosts } = await build({
        hosts: [
          ...alive.map((name) => ({ name })),
          { name: 'refuses' },
          { name: 'drops', setup: [drop] },
          { name: 'changed' },
        ],
      })
      await Promise.all(alive.map((name) => hosts.serve(name)))
      await hosts.serve('changed', { changedKey: true })
      hosts.know('refuses')
      hosts.know('drops')

      const connectSeconds = 5
      const aliveAlone = await timed(() => hosts.audit(alive, '--json', '--concurrency', '20'))
      const flags = ['--json', '--concurrency', '20', '--connect-timeout', String(connectSeconds)]
      const { value, seconds } = await timed(() => hosts.audit(['refuses', 'drops', 'changed', ...alive], ...flags))

      const report: Report = JSON.parse(value.stdout)
      expect(report.nodes.filter(({ reached }) => reached).map(({ name }) => name)).toEqual(alive)
      expect(gapOf(report, 'refuses')).toMatch(/^it refused the connection/)
      expect(gapOf(report, 'drops')).toMatch(/^no answer: the connection timed out/)
      expect(gapOf(report, 'changed')).toMatch(/^its host key has changed/)
      expect(report.gaps).toHaveLength(3)
      // each of them was named, and three were not judged
      expect(value.code).toBe(3)
      // the dead run beside the living: nothing is added to the longer of the two but starting up
      expect(seconds).toBeLessThan(Math.max(connectSeconds, aliveAlone.seconds) + 5)
    })

    it('all of them: inconclusive', async () => {
      const { hosts } = await build({ hosts: [{ name: 'node-a' }] })
      hosts.know('node-a')
      const { code, stdout } = await hosts.audit(['node-a'], '--json')
      const report: Report = JSON.parse(stdout)
      expect([code, report.verdict, report.rulesRun]).toEqual([3, 'inconclusive', expect.anything()])
      expect(report.nodes).toMatchObject([{ name: 'node-a', reached: false }])
    })

    it('a host key that is not known, and a login that is not granted', async () => {
      const { hosts } = await build({ hosts: [{ name: 'node-a' }] })
      await hosts.serve('node-a')
      const unknownKey = await hosts.audit(['node-a'], '--json', '--ssh-option', 'UserKnownHostsFile=/dev/null')
      expect(gapOf(JSON.parse(unknownKey.stdout), 'node-a')).toMatch(/^its host key is not known/)
      const refused = await hosts.audit(['node-a'], '--json', '--ssh-option', 'PubkeyAuthentication=no')
      expect(gapOf(JSON.parse(refused.stdout), 'node-a')).toMatch(/^it refused our keys/)
    })
  })

  describe.runIf(hasSshd)('hosts that are hostile', () => {
    /** Each reads the mark from the script, as a host that wants to be believed would. */
    const HOSTILE: Readonly<Record<string, { readonly script: string; readonly gap: RegExp | null }>> = {
      endless: { script: 'exec yes AAAAAAAA', gap: /more than 8 MiB and was cut off/ },
      'huge-json': {
        script: `read -r line; mark=\${line#mark=}
printf '\\n%s hello\\n\\n%s begin ip-link 2000000\\n' "$mark" "$mark"
exec perl -e '$| = 1; print "[" x 1048576 for 1 .. 1024'`,
        gap: /more than 8 MiB and was cut off/,
      },
      escapes: {
        script: `read -r line; mark=\${line#mark=}
frame() { printf '\\n%s begin %s 9999\\n' "$mark" "$1"; printf "$2"; printf '\\n%s end %s\\n\\n%s status %s\\n%s done %s\\n' "$mark" "$1" "$mark" "$3" "$mark" "$1"; }
printf '\\n%s hello\\n' "$mark"
frame uname '6.1\\033]0;pwned\\007\\033[2J\\302\\233\\377\\nx86_64\\n' 0
frame os-release 'PRETTY_NAME="\\033[31mred\\342\\200\\256"\\n' 0
frame ip-link '[{"ifname":"e\\\\\\\\u001b[31m","ifindex":2,"flags":["UP"]}]' 0
printf '\\n%s complete\\n' "$mark"
printf '\\033[5mblink' >&2`,
        gap: null,
      },
      'never-answers': { script: 'exec sleep 300', gap: /^no complete answer within 5 s/ },
      'no-shell': {
        script: 'echo "This account is \\033[31m currently not available."; exit 1',
        gap: /^no POSIX shell there/,
      },
      'banner-only': { script: 'printf "\\033[31mwelcome"; exit 0', gap: /^no POSIX shell there/ },
    }

    it('cost a gap each, not the run, and reach no terminal raw', async () => {
      const names = Object.keys(HOSTILE)
      const { segment, hosts } = await build({ hosts: ['good', ...names].map((name) => ({ name })) })
      await hosts.serve('good')
      for (const name of names) {
        const program = join(segment.directory(name), 'shell')
        writeFileSync(program, `#!/bin/sh\n${HOSTILE[name]!.script}\n`, { mode: 0o755 })
        await hosts.serve(name, { forceCommand: program })
      }
      const outputs = ['--output', 'pretty', '--verbose', '--timeout', '5', '--no-color']
      const shown = await hosts.audit(['good', ...names], ...outputs)
      const { stdout, stderr } = await hosts.audit(['good', ...names], '--json', '--timeout', '5')
      const report: Report = JSON.parse(stdout)
      for (const [name, { gap }] of Object.entries(HOSTILE)) if (gap) expect(gapOf(report, name)).toMatch(gap)
      expect(report.nodes.find(({ name }) => name === 'good')?.reached).toBe(true)
      expect(report.nodes.find(({ name }) => name === 'escapes')?.reached).toBe(true)
      for (const text of [shown.stdout, shown.stderr, stdout, stderr]) expect(text).not.toMatch(CONTROL)
    })
  })

  describe.runIf(hasSshd)('hosts that are hard to read', () => {
    it('give up what was read before a command hung', async () => {
      const { segment, hosts } = await build({ hosts: [{ name: 'node-a' }] })
      // the first `ip neigh` of the collector never ends, as one that waits for the kernel
      const tools = segment.directory('node-a')
      const hangs = '#!/bin/sh\ncase "$*" in *neigh) exec sleep 20;; esac\nexec /sbin/ip "$@"\n'
      writeFileSync(join(tools, 'ip'), hangs, { mode: 0o755 })
      await hosts.serve('node-a', { forceCommand: `PATH=${tools}:$PATH sh -s` })
      const { stdout } = await hosts.audit(['node-a'], '--json', '--timeout', '4')
      const report: Report = JSON.parse(stdout)
      expect(report.nodes).toMatchObject([{ reached: true }])
      expect(gapOf(report, 'node-a')).toMatch(/^no complete answer within 4 s/)
      expect(gapOf(report, 'node-a: ip -4 -j rule')).toBeUndefined()
      expect(gapOf(report, 'node-a: ip -j neigh')).toMatch(/^no complete answer within 4 s/)
    })

    it('have more interfaces than fit in the arguments of one process', async () => {
      const pairs = Array.from({ length: 200 }, (_, i) => `link add v${i} type veth peer name w${i}`)
      const { segment, hosts } = await build({ hosts: [{ name: 'node-a' }] })
      await segment.exec('node-a', ['ip', '-batch', '-'], { input: `${pairs.join('\n')}\n` })
      await hosts.serve('node-a')
      const folder = segment.directory('client')
      await hosts.audit(['node-a'], '--json', '--save', folder)
      const { probes } = JSON.parse(readFileSync(join(folder, 'node-a.json'), 'utf8'))
      const { stdout } = await segment.exec('node-a', ['sh', '-c', 'echo /proc/sys/net/ipv[46]/conf/*/forwarding'])
      const files = stdout.trim().split(' ')
      expect(files.length).toBeGreaterThan(2 * 2 * pairs.length)
      const read = new Set(probes.sysctl.stdout.split('\n').map((line: string) => line.split(':')[0]))
      expect(files.filter((file) => !read.has(file))).toEqual([])
    })
  })

  describe.runIf(hasSshd)('the host it reads', () => {
    it('is the same afterwards, and could be read with nothing on it writable', async () => {
      const { segment, hosts } = await build({
        hosts: [
          { name: 'node-a', vips: ['10.77.0.240'], setup: ['ip link add br0 type bridge', 'nft add table arp f'] },
        ],
      })
      // every file system that a file could be left on, and every kernel setting, refuses to be written
      const readOnly = `mount --make-rprivate /
        for m in / /tmp /var /root /home /run /dev/shm /proc /sys; do mountpoint -q $m && mount -o remount,bind,ro $m; done
        ! touch /tmp/l2d-probe 2>/dev/null && ! (echo 0 >/proc/sys/net/ipv4/ip_forward) 2>/dev/null || exit 99
        exec "$@"`
      await hosts.serve('node-a', { wrapped: ['unshare', '-m', 'sh', '-c', readOnly, 'sh'] })
      const before = await stateOf(segment, 'node-a')
      const { stdout } = await hosts.audit(['node-a'], '--json')
      const report: Report = JSON.parse(stdout)
      expect(report.gaps).toEqual([])
      expect(report.nodes).toMatchObject([{ reached: true }])
      expect(await stateOf(segment, 'node-a')).toEqual(before)
    })
  })

  describe.runIf(hasSshd)('Ctrl-C', () => {
    it('ends the run with what is known', async () => {
      const { segment, hosts } = await build({ hosts: [{ name: 'quick' }, { name: 'stuck' }] })
      const program = join(segment.directory('stuck'), 'shell')
      writeFileSync(program, '#!/bin/sh\nexec sleep 300\n', { mode: 0o755 })
      await hosts.serve('quick')
      await hosts.serve('stuck', { forceCommand: program })
      const argv = [...CLI, 'audit-node', 'quick', 'stuck', hosts.configuration, '--json']
      const child = segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
      let [stdout, stderr] = ['', '']
      child.stdout?.on('data', (text) => {
        stdout += text
      })
      child.stderr?.on('data', (text) => {
        const told = stderr.includes('quick: read')
        stderr += text
        if (!told && stderr.includes('quick: read')) child.kill('SIGINT')
      })
      const code = await new Promise((resolve) => child.once('close', resolve))
      const report: Report = JSON.parse(stdout)
      expect(report.run.interrupted).toBe(true)
      expect(report.nodes.map(({ name, reached }) => [name, reached])).toEqual([
        ['quick', true],
        ['stuck', false],
      ])
      expect(gapOf(report, 'stuck')).toBe('interrupted before it answered')
      expect(code).toBe(3)
    })
  })
})

/** C0 but newline and tab, DEL, C1, and bidirectional overrides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now()
  const value = await run()
  return { value, seconds: (performance.now() - start) / 1000 }
}

/** What an audit could have changed, without what changes by itself; one after the other, or each would see the others' processes. */
async function stateOf(segment: Segment, host: string): Promise<string[]> {
  const state: string[] = []
  for (const command of LOOKS) state.push((await segment.exec(host, ['sh', '-c', command])).stdout)
  const running = `for pid in $(ip netns pids ${segment.host(host).namespace}); do cat /proc/$pid/comm; done`
  return [...state, (await segment.exec('client', ['sh', '-c', running])).stdout]
}

const LOOKS = [
  'sysctl -a 2>/dev/null | grep -E "^net\\.(ipv4\\.(conf|neigh|ip_forward)|ipv6\\.conf|bridge)"',
  'ip -d link',
  'ip -4 addr',
  'ip -4 route show table all',
  'ip rule',
  'ip neigh show proxy',
  'nft list ruleset',
  'cat /proc/modules',
]
