import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collectScript } from '../../src/node/collect-script.js'
import { CUT_OFF, parseCollected } from '../../src/node/probes.js'

const MARK = 'f'.repeat(32)
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'ash']] as const

/** The names that a run must bring home, whatever the shell. */
const EVERYWHERE = [
  'uname',
  'os-release',
  'sysctl',
  'sysfs',
  'ip-addr',
  'ip-route-4',
  'netstat',
  'kernel-log',
  'managers',
]

describe.runIf(process.platform === 'linux')('the collector in a real shell', () => {
  for (const [shell, ...args] of SHELLS) {
    const there = spawnSync(shell, [...args, '-c', 'true']).status === 0
    if (!there) console.warn(`SKIPPED the collector in ${shell}: it is not installed`)
    it.runIf(there)(`${shell} ${args.join(' ')}`, () => {
      const script = collectScript({ mark: MARK, become: false })
      const { stdout, stderr, status } = spawnSync(shell, [...args, '-s'], { input: script, maxBuffer: 1 << 24 })
      const { probes, complete } = parseCollected(stdout, MARK)
      expect([complete, status, stderr.toString()]).toEqual([true, 0, ''])
      expect(Object.keys(probes)).toEqual(expect.arrayContaining(EVERYWHERE))
      expect(probes['uname']).toEqual({
        status: 0,
        stdout: execFileSync('uname', ['-r']).toString(),
        stderr: '',
      })
      expect(Object.values(probes).filter((probe) => probe.status === null)).toEqual([])
    })
  }

  it('tells a missing tool and a flood apart, section by section', () => {
    const script = collectScript({ mark: MARK, become: false }).replace(
      /^collect$/m,
      [
        'probe missing 100 run l2doctor-no-such-tool',
        "probe flood 100 sh -c 'while :; do echo 0123456789; done'",
        "probe failing 100 sh -c 'echo out; echo err >&2; exit 7'",
        "probe noisy 100 sh -c 'while :; do echo 0123456789 >&2; done'",
        'probe reader 100 cat',
        "small little sh -c 'echo out; echo err >&2; exit 7'",
        'small nothing true',
      ].join('\n'),
    )
    const { probes } = parseCollected(spawnSync('sh', ['-s'], { input: script }).stdout, MARK)
    expect(probes['missing']).toEqual({ status: 127, stdout: '', stderr: 'l2doctor-no-such-tool: not found' })
    expect(probes['flood']?.stdout).toHaveLength(100)
    expect(probes['flood']?.status).toBe(CUT_OFF)
    expect(probes['failing']).toEqual({ status: 7, stdout: 'out\n', stderr: 'err' })
    expect(probes['noisy']?.stderr.length).toBeLessThanOrEqual(2000)
    expect(probes['reader']).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(probes['little']).toEqual(probes['failing'])
    expect(probes['nothing']).toEqual(probes['reader'])
  })

  describe('as an ordinary user', () => {
    let tools = ''
    beforeEach(() => {
      tools = mkdtempSync(join(tmpdir(), 'l2d-tools-'))
      tool('id', 'echo 1000')
      tool(
        'dmesg',
        'test "$AS_ROOT" = 1 && echo "own address as source" || { echo "dmesg: Operation not permitted" >&2; exit 1; }',
      )
    })
    afterEach(() => rmSync(tools, { recursive: true }))

    const tool = (name: string, script: string) =>
      writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const collect = (become: boolean) => {
      const env = { ...process.env, PATH: `${tools}:${process.env['PATH']}` }
      return parseCollected(spawnSync('sh', ['-s'], { input: collectScript({ mark: MARK, become }), env }).stdout, MARK)
        .probes
    }

    it('uses sudo -n where it was told to, for the kernel log and the packet filters alone', () => {
      tool('sudo', `echo "$*" >>${tools}/asked; shift 2; AS_ROOT=1 exec "$@"`)
      expect(collect(true)['kernel-log']).toEqual({ status: 0, stdout: 'own address as source\n', stderr: '' })
      const asked = readFileSync(join(tools, 'asked'), 'utf8').trim().split('\n')
      expect(asked).toContain('-n -- dmesg')
      expect(
        asked.filter(
          (words) => !/^-n -- (dmesg$|nft list tables$|nft -a list ruleset |ebtables -L$|arptables -L )/.test(words),
        ),
      ).toEqual([])
    })

    describe('and nf_tables', () => {
      const nft = (tables: string) => {
        tool('nft', `echo "$*" >>${tools}/asked; case $* in "list tables") ${tables} ;; *) echo "$*" ;; esac`)
        writeFileSync(join(tools, 'modules'), 'nf_tables 1 0 - Live 0x0\n')
        const script = collectScript({ mark: MARK, become: false }).replaceAll('/proc/modules', join(tools, 'modules'))
        const env = { ...process.env, PATH: `${tools}:${process.env['PATH']}` }
        const { probes } = parseCollected(spawnSync('sh', ['-s'], { input: script, env }).stdout, MARK)
        return {
          asked: readFileSync(join(tools, 'asked'), 'utf8').trim().split('\n'),
          said: [probes['nft'], probes['nft-ipv6']],
        }
      }

      it('lists those families alone that have a table', () => {
        const { asked, said } = nft('echo table ip nat; echo table inet fw; echo table netdev x')
        expect(asked).toEqual(['list tables', '-a list ruleset netdev', '-a list ruleset inet'])
        expect(said.map((probe) => probe?.stdout)).toEqual(['-a list ruleset netdev\n', '-a list ruleset inet\n'])
      })

      it('knows that there is none', () => {
        const nothing = { status: 0, stdout: '', stderr: '' }
        expect(nft('echo table ip nat')).toEqual({ asked: ['list tables'], said: [nothing, nothing] })
      })

      it('lists all of them where it may not ask which', () => {
        const families = ['arp', 'bridge', 'netdev', 'inet', 'ip6'].map((family) => `-a list ruleset ${family}`)
        expect(nft('exit 1').asked).toEqual(['list tables', ...families])
      })
    })

    it('uses none where it was not', () => {
      tool('sudo', `touch ${tools}/asked`)
      expect(collect(false)['kernel-log']).toMatchObject({ status: 1, stderr: 'dmesg: Operation not permitted' })
      expect(existsSync(join(tools, 'asked'))).toBe(false)
    })
  })
})
