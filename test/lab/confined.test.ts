import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'
import { parseReport } from './scan-scenario.js'
import { CLI } from './ssh-hosts.js'

const VIP = '10.77.0.240'

let segment: Segment
beforeEach(async () => {
  segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
})
afterEach(() => segment.remove())

/** As in the container of deploy/check-job.yaml: nothing can be written but /tmp, and nothing gained by an exec. */
function confined(capabilities: readonly string[]): string[] {
  const mounts = [
    'mount --make-rprivate /',
    'mount --bind /tmp /tmp',
    'mount --bind "$1" "$1"',
    'mount -o remount,bind,ro "$1"',
    'mount -o remount,bind,ro /',
    'shift',
    'cd /',
    'exec "$@"',
  ]
  const only = ['-all', ...capabilities.map((name) => `+${name}`)].join(',')
  const powers = ['setpriv', `--bounding-set=${only}`, `--inh-caps=${only}`, '--no-new-privs', '--']
  return ['unshare', '-m', 'sh', '-ec', mounts.join('\n'), 'sh', resolve('.'), ...powers]
}

async function check(capabilities: readonly string[], ...flags: string[]) {
  const file = join(segment.directory('client'), 'l2doctor.yaml')
  writeFileSync(file, `version: 1\nvips: [{ip: ${VIP}}]\ncluster: false\n`)
  const tmp = mkdtempSync('/tmp/l2d-confined-')
  const env = { ...process.env, HOME: '/', TMPDIR: tmp, XDG_CACHE_HOME: tmp, KUBERNETES_SERVICE_HOST: '10.96.0.1' }
  const argv = [...confined(capabilities), ...CLI, 'check', '-f', file, '--json', ...flags]
  try {
    const done = await segment.exec('client', argv, { env, timeoutMs: 60_000 })
    if (done.stdout === '') throw new Error(`no report: ${done.stderr}`)
    return { code: done.code, stderr: done.stderr, report: parseReport(done.stdout), left: readdirSync(tmp) }
  } finally {
    rmSync(tmp, { recursive: true })
  }
}

describeLab('check in a container as deploy/check-job.yaml makes it', () => {
  it('has what it promises: a read-only root, and NET_RAW alone', async () => {
    const probe = 'grep CapEff /proc/self/status; touch /root/x /tmp/l2d-probe && echo writable; rm -f /tmp/l2d-probe'
    const done = await segment.exec('client', [...confined(['net_raw']), 'sh', '-c', probe])
    expect(done.stdout).toBe(`CapEff:\t${(1 << 13).toString(16).padStart(16, '0')}\n`)
    expect(done.stderr).toContain('Read-only file system')
  })

  it.each([
    ['NET_RAW alone', ['net_raw'], [], 'socket'],
    ['NET_RAW alone, cap asked for', ['net_raw'], ['--engine', 'cap'], 'cap'],
    ['SETUID and SETGID too, but no KILL', ['net_raw', 'setuid', 'setgid'], [], 'tcpdump'],
    ['SETUID, SETGID and KILL too', ['net_raw', 'setuid', 'setgid', 'kill'], [], 'tcpdump'],
  ])('%s: the check passes and leaves nothing', async (_, capabilities, flags, engine) => {
    const { code, report, left } = await check(capabilities, ...flags)
    expect(report.gaps).toEqual([])
    expect([code, report.run.source?.engine, left]).toEqual([0, engine, []])
    expect(report.capture?.promiscuityChanged).toBe(engine === 'cap')
  })

  it('says why it takes no other engine on a cluster node', async () => {
    const { stderr } = await check(['net_raw'])
    expect(stderr).toContain('engine socket (this is a cluster node: promiscuous mode could hide the fault)')
  })

  it('tells what tcpdump lacks where it was asked for', async () => {
    const { code, report } = await check(['net_raw'], '--engine', 'tcpdump')
    expect(code).toBe(3)
    expect(report.gaps[0]?.reason).toContain('CAP_SETUID, CAP_SETGID and CAP_KILL')
  })
})
