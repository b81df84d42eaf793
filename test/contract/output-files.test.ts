import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reportSchema } from '../../src/report/report.js'
import { formatBundle, parseBundle } from '../../src/workflows/bundle-file.js'
import { collect, execute } from '../collect.js'
import { fullDisk } from '../full-disk.js'
import { CLI } from '../lab/scan-scenario.js'
import { traceToPcap } from '../trace.js'

/** Every file that the command line writes: what lies there is replaced whole or written into, and never costs a diagnosis. */

const CLUSTER = resolve('fixtures/clusters/metallb-three-nodes/cluster.yaml')
const BUNDLE = resolve('fixtures/bundles/ipvs-without-strictarp.bundle')
const asRoot = process.geteuid?.() === 0
const STRANGER = 65_533

const home = mkdtempSync(join(tmpdir(), 'l2doctor-output-files-'))
const capture = join(home, 'capture.pcap')
const snapshots = join(home, 'snapshots')
let folder: string
let n = 0
const at = (name: string) => join(folder, name)
const names = () => readdirSync(folder).sort()
const read = (name: string) => readFileSync(at(name), 'utf8')

beforeAll(async () => {
  const twice = ['answer 02/10.0.0.240 -> 01/10.0.0.1', '+0.0005 answer 03/10.0.0.240 -> 01/10.0.0.1']
  const rounds = [0, 3, 6].flatMap((second) => [
    `${second} ask 01/10.0.0.1 -> 10.0.0.240`,
    `+0.0005 ${twice[0]}`,
    twice[1]!,
  ])
  writeFileSync(capture, traceToPcap(rounds.join('\n')))
  const saved = await execute([...CLI, 'audit-node', '--local', '--save', snapshots, '--quiet'])
  expect([0, 1, 3], saved.stderr).toContain(saved.code)
})
afterAll(() => rmSync(home, { recursive: true }))
beforeEach(() => {
  folder = join(home, `run-${++n}`)
  mkdirSync(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Writing {
  readonly flag: string
  readonly argv: (file: string) => readonly string[]
  /** Of a file that was not there. */
  readonly mode: number
  /** The exit code of the report itself. */
  readonly code: number
}

const WRITINGS: readonly Writing[] = [
  {
    flag: '-o json=',
    argv: (file) => ['scan', '--read', capture, '-o', 'pretty', '-o', `json=${file}`],
    mode: 0o644,
    code: 1,
  },
  { flag: '--write', argv: (file) => ['scan', '--read', capture, '--write', file], mode: 0o600, code: 1 },
  { flag: 'diagnose --save', argv: (file) => ['diagnose', '--from', BUNDLE, '--save', file], mode: 0o600, code: 1 },
  { flag: '--fix-script', argv: (file) => ['diagnose', '--from', BUNDLE, '--fix-script', file], mode: 0o644, code: 1 },
  {
    flag: 'audit-cluster --save',
    argv: (file) => ['audit-cluster', '--cluster-from', CLUSTER, '--save', file],
    mode: 0o600,
    code: 0,
  },
  {
    flag: '--baseline',
    argv: (file) => ['audit-cluster', '--cluster-from', CLUSTER, '--baseline', file],
    mode: 0o600,
    code: 0,
  },
]
const run = (argv: readonly string[]) => execute([...CLI, ...argv])

/** As root, a command finds a /dev here in which it replaces nothing, whatever it tries: the machine's own stays as it is. */
const SAFE_DEV = asRoot
  ? ['unshare', '-m', 'sh', '-c', 'mount --rbind /dev /dev && mount -o remount,bind,ro /dev && exec "$@"', 'sh']
  : []
const runSafely = (argv: readonly string[]) => execute([...SAFE_DEV, ...CLI, ...argv])

describe.each(WRITINGS)('$flag', ({ argv, mode, code }) => {
  it('makes a file of its own mode, and leaves no other', async () => {
    const done = await run(argv(at('out')))
    expect(done.code, done.stderr).toBe(code)
    expect(names()).toEqual(['out'])
    expect(statSync(at('out')).mode & 0o777).toBe(mode)
  })

  it.runIf(asRoot)('replaces a file, and keeps its mode and owner', async () => {
    await run(argv(at('out')))
    chmodSync(at('out'), 0o640)
    chownSync(at('out'), 1234, 2345)
    const { ino } = statSync(at('out'))
    const done = await run(argv(at('out')))
    expect(done.code, done.stderr).toBe(code)
    expect(statSync(at('out'))).toMatchObject({ uid: 1234, gid: 2345 })
    expect(statSync(at('out')).mode & 0o777).toBe(0o640)
    expect(statSync(at('out')).ino).not.toBe(ino)
    expect(names()).toEqual(['out'])
  })

  it('follows a symlink, which stays one', async () => {
    symlinkSync('real', at('link'))
    for (const _ of ['new', 'there']) {
      const done = await run(argv(at('link')))
      expect(done.code, done.stderr).toBe(code)
      expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
      expect(lstatSync(at('real')).isFile()).toBe(true)
      expect(names()).toEqual(['link', 'real'])
    }
  })

  it('writes into a FIFO, which stays one', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const reader = execute(['cat', at('pipe')])
    const done = await run(argv(at('pipe')))
    expect(done.code, done.stderr).toBe(code)
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
    expect((await reader).stdout).not.toBe('')
  })

  it.runIf(asRoot)('writes into a device, which stays one', async () => {
    execFileSync('mknod', [at('null'), 'c', '1', '3'])
    const done = await run(argv(at('null')))
    expect(done.code, done.stderr).toBe(code)
    expect(lstatSync(at('null')).isCharacterDevice()).toBe(true)
    expect(names()).toEqual(['null'])
  })

  const TRAPS = { symlink: ['ln', '-s', 'precious'], FIFO: ['mkfifo'] } as const
  it.runIf(asRoot).each(['symlink', 'FIFO'] as const)(
    "refuses another user's %s in a sticky folder, before anything else",
    async (trap) => {
      chmodSync(folder, 0o1777)
      writeFileSync(at('precious'), 'precious')
      execFileSync('env', [...TRAPS[trap], at('trap')])
      execFileSync('chown', ['-h', String(STRANGER), at('trap')])
      const done = await run(argv(at('trap')))
      expect(done).toMatchObject({ code: 2, stdout: '' })
      expect(done.stderr).toMatch(new RegExp(`^Error: cannot write .*${trap} of another user`))
      expect(read('precious')).toBe('precious')
      expect(names()).toEqual(['precious', 'trap'])
    },
  )

  it.runIf(asRoot)('says at once that a read-only place cannot be written', async () => {
    const readOnly = 'mount -t tmpfs -o ro none "$1" && shift && exec "$@"'
    const done = await execute(['unshare', '-m', 'sh', '-c', readOnly, 'sh', folder, ...CLI, ...argv(at('out'))])
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toMatch(/^Error: cannot write [^\n]*EROFS/)
  })

  it.each(['missing/out', '.'])('says at once that %s cannot be written', async (name) => {
    const done = await run(argv(at(name)))
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toMatch(/^Error: cannot write /)
    expect(names()).toEqual([])
  })

  it('on a full disk costs neither the report nor its exit code', async () => {
    const file = fullDisk(folder)
    const [full, spared] = await Promise.all([run(argv(file)), run(argv(at('out')))])
    expect(full.code, full.stderr).toBe(code || 2)
    expect(full.stdout.split('\n')[0]).toBe(spared.stdout.split('\n')[0])
    expect(full.stderr).toMatch(/Error: cannot write \/[^ ]+\/full: ENOSPC: no space left on device; [^\n]*\n$/)
    expect(lstatSync(file).isCharacterDevice()).toBe(true)
  })

  it.runIf(asRoot)('on a disk that fills up leaves nothing there', async () => {
    const fill = [
      'mount -t tmpfs -o size=4k none "$1" && head -c 4096 /dev/zero >"$1/rest"',
      'at="$1"; shift; "$@"; code=$?; ls -A "$at" >&2; exit $code',
    ].join('; ')
    const done = await execute(['unshare', '-m', 'sh', '-c', fill, 'sh', folder, ...CLI, ...argv(at('out'))])
    expect(done.code, done.stderr).toBe(code || 2)
    expect(done.stdout).not.toBe('')
    expect(done.stderr).toMatch(/Error: cannot write \/[^ ]+\/out: ENOSPC: no space left on device; [^\n]*\nrest\n$/)
  })
})

it.runIf(asRoot)('audit-node --save makes a folder of its own, and follows no trap in it', async () => {
  const argv = ['audit-node', '--from', snapshots, '--save', at('new/folder'), '--quiet']
  const done = await run(argv)
  expect([0, 1, 3], done.stderr).toContain(done.code)
  const [name] = readdirSync(at('new/folder'))
  expect([statSync(at('new/folder')).mode & 0o777, statSync(at(`new/folder/${name}`)).mode & 0o777]).toEqual([
    0o700, 0o600,
  ])
  writeFileSync(at('precious'), 'precious')
  chmodSync(at('new/folder'), 0o1777)
  rmSync(at(`new/folder/${name}`))
  symlinkSync(at('precious'), at(`new/folder/${name}`))
  execFileSync('chown', ['-h', String(STRANGER), at(`new/folder/${name}`)])
  const trapped = await run(argv)
  expect(trapped.code).toBe(done.code || 2)
  expect(trapped.stdout).toBe(done.stdout)
  expect(trapped.stderr).toMatch(/symlink of another user/)
  expect(read('precious')).toBe('precious')
})

it('audit-node --save into the place of a file is refused at once', async () => {
  writeFileSync(at('file'), '')
  const done = await run(['audit-node', '--from', snapshots, '--save', at('file')])
  expect(done).toMatchObject({ code: 2, stdout: '' })
})

it('init writes into /dev/stdout', async () => {
  const done = await runSafely(['init', '--vip', '10.0.0.240', '-f', '/dev/stdout'])
  expect(done.code, done.stderr).toBe(0)
  expect(done.stdout).toContain('10.0.0.240')
})

describe('/dev/stdout', () => {
  it('is written into, whatever it is', async () => {
    const piped = await runSafely(['scan', '--read', capture, '-o', 'json=/dev/stdout'])
    expect(piped.code, piped.stderr).toBe(1)
    reportSchema.parse(JSON.parse(piped.stdout))
  })

  it('by another name stays the symlink that it was', async () => {
    symlinkSync('/proc/self/fd/1', at('stdout'))
    const piped = await run(['scan', '--read', capture, '-o', `json=${at('stdout')}`])
    expect(piped.code, piped.stderr).toBe(1)
    reportSchema.parse(JSON.parse(piped.stdout))
    expect(lstatSync(at('stdout')).isSymbolicLink()).toBe(true)
    expect(names()).toEqual(['stdout'])
  })

  it('adds to a file that was opened to be added to', async () => {
    const argv = ['scan', '--read', capture, '-o', 'json=/dev/stdout']
    await execute([
      'sh',
      '-c',
      'f="$1"; shift; echo first >"$f"; "$@" >>"$f"',
      'sh',
      at('log'),
      ...SAFE_DEV,
      ...CLI,
      ...argv,
    ])
    expect(read('log')).toMatch(/^first\n\{/)
  })

  it('of a reader that has gone ends quietly', async () => {
    const argv = ['scan', '--read', capture, '-o', 'json=/dev/stdout']
    const done = await execute([
      'bash',
      '-c',
      'set -o pipefail; "$@" | head -c 1 >/dev/null',
      'bash',
      ...SAFE_DEV,
      ...CLI,
      ...argv,
    ])
    expect(done).toMatchObject({ code: 1, stderr: '' })
  })

  it.each([
    ['-o', 'pretty'],
    ['-o', 'junit=/dev/fd/1'],
    ['--write', '/dev/stdout'],
  ])('is not two things at once: with %s %s', async (...more) => {
    const done = await runSafely(['scan', '--read', capture, '-o', 'json=/dev/stdout', ...more])
    expect(done).toMatchObject({ code: 2, stdout: '' })
  })

  it('is not a file that is named as well', async () => {
    const argv = ['scan', '--read', capture, '-o', 'pretty', '-o', `json=${at('out')}`]
    const done = await execute(['sh', '-c', 'f="$1"; shift; "$@" >"$f"', 'sh', at('out'), ...CLI, ...argv])
    expect(done.code, done.stderr).toBe(2)
  })
})

it('other descriptors of the shell are written into', async () => {
  const script = '"$@" -o json=>(cat >"$out"; echo done)'
  const argv = ['scan', '--read', capture]
  const done = await execute(['env', `out=${at('out')}`, 'bash', '-c', script, 'bash', ...SAFE_DEV, ...CLI, ...argv])
  expect(done.stdout, done.stderr).toBe('done\n')
  reportSchema.parse(JSON.parse(read('out')))
})

it.each([[['-o', 'json=out', '-o', 'junit=./out']], [['-o', 'json=out', '--write', 'link']]])(
  'a file that is named twice is refused before anything is asked: %j',
  async (more) => {
    symlinkSync('out', at('link'))
    const done = await execute([
      'sh',
      '-c',
      'cd "$1"; shift; exec "$@"',
      'sh',
      folder,
      CLI[0],
      resolve(CLI[1]),
      'scan',
      '--read',
      capture,
      ...more,
    ])
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(names()).toEqual(['link'])
  },
)

it.each([
  ['scan --read', (file: string) => ['scan', '--read', file, '-o', `json=${file}`]],
  ['scan --read --write', (file: string) => ['scan', '--read', file, '--write', file]],
  ['diagnose --from --save', (file: string) => ['diagnose', '--from', file, '--save', file, '--redact']],
  ['diagnose --baseline', (file: string) => ['diagnose', '--from', BUNDLE, '--baseline', file, '--fix-script', file]],
  ['audit-node --from', (file: string) => ['audit-node', '--from', folder, '-o', `json=${file}`]],
  ['audit-node --save', () => ['audit-node', '--from', folder, '--save', folder, '--redact']],
  ['audit-cluster --cluster-from', (file: string) => ['audit-cluster', '--cluster-from', file, '--save', file]],
  ['audit-cluster --kubeconfig', (file: string) => ['audit-cluster', '--kubeconfig', file, '-o', `json=${file}`]],
  ['check --file', (file: string) => ['check', '--file', file, '-o', `junit=${file}`]],
  ['init --cluster-from', (file: string) => ['init', '--force', '--cluster-from', file, '--file', file]],
])('what %s reads is not written over', async (_, argv) => {
  const precious = 'version: 1\nvips:\n  - ip: 10.0.0.240\n'
  writeFileSync(at('in.json'), precious)
  const done = await run(argv(at('in.json')))
  expect(done).toMatchObject({ code: 2, stdout: '' })
  expect(done.stderr).toMatch(/^Error: cannot write [^\n]* reads it; name another file to write\n$/)
  expect([names(), read('in.json')]).toEqual([['in.json'], precious])
})

it('a report that no file would take is printed', async () => {
  const done = await run(['scan', '--read', capture, '-o', `json=${fullDisk(folder)}`])
  expect(done.code).toBe(1)
  reportSchema.parse(JSON.parse(done.stdout))
})

it('a copy that fails on the way is a gap of a run that goes on', async () => {
  const file = fullDisk(folder)
  const done = await run(['scan', '--read', capture, '--write', file, '--json'])
  expect(done.code).toBe(1)
  const { gaps, capture: counts } = reportSchema.parse(JSON.parse(done.stdout))
  expect(counts?.frames).toBe(9)
  expect(gaps).toContainEqual(expect.objectContaining({ subject: `--write ${file}` }))
})

it('a limit on the size of files is a full disk', async () => {
  const argv = ['diagnose', '--from', BUNDLE, '--save', at('out')]
  const done = await execute(['bash', '-c', 'ulimit -f 1; exec "$@"', 'bash', ...CLI, ...argv])
  expect(done.code, done.stderr).toBe(1)
  expect(done.stderr).toMatch(/EFBIG/)
  expect(names()).toEqual([])
})

it('a name that could be foreseen is no trap', async () => {
  writeFileSync(at('precious'), 'precious')
  for (const trap of ['copy.partial', 'copy.tmp', '.copy.tmp', 'copy~']) symlinkSync('precious', at(trap))
  const done = await run(['scan', '--read', capture, '--write', at('copy')])
  expect(done.code, done.stderr).toBe(1)
  expect(read('precious')).toBe('precious')
  expect(lstatSync(at('copy')).isFile()).toBe(true)
})

it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('%s leaves no temporary file', async (signal) => {
  execFileSync('mkfifo', [at('pipe')])
  const argv = ['scan', '--read', at('pipe'), '--write', at('copy'), '--json']
  const child = spawn(CLI[0], [CLI[1], ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = collect(child)
  await expect.poll(() => names().length, { timeout: 20_000, interval: 20 }).toBe(2)
  child.kill(signal)
  await ended
  expect(names().filter((name) => name !== 'copy')).toEqual(['pipe'])
})

it('a FIFO that nobody reads does not outlive the first Ctrl-C', async () => {
  execFileSync('mkfifo', [at('pipe')])
  const argv = ['scan', '--read', capture, '-o', 'pretty', '-o', `json=${at('pipe')}`]
  const child = spawn(CLI[0], [CLI[1], ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = collect(child)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(child.exitCode).toBe(null)
  child.kill('SIGINT')
  const done = await ended
  expect(done.code).toBe(1)
  expect(done.stdout).toContain('10.0.0.240')
  expect(done.stderr).toMatch(/nobody reads this FIFO/)
})

it('a redaction that is refused costs neither the report nor its exit code', async () => {
  const bundle = parseBundle(readFileSync('fixtures/bundles/healthy.bundle'), 'healthy')
  const pools = bundle.cluster!.ipAddressPools
  const value = pools.known ? pools.value.map((pool) => ({ ...pool, addresses: ['10.0.0.0-10.200.0.0'] })) : []
  const wide = { ...bundle, cluster: { ...bundle.cluster!, ipAddressPools: { ...pools, value } as typeof pools } }
  writeFileSync(at('wide.bundle'), formatBundle(wide, 'test'))
  const plain = await run(['diagnose', '--from', at('wide.bundle'), '--json'])
  const argv = ['--json', '-o', `html=${at('ticket.html')}`, '--redact', '--save', at('shared')]
  const refused = await run(['diagnose', '--from', at('wide.bundle'), ...argv])
  expect([0, 1, 3], plain.stderr).toContain(plain.code)
  expect(refused.code, refused.stderr).toBe(plain.code || 2)
  expect(reportSchema.parse(JSON.parse(refused.stdout)).verdict).toBe(
    reportSchema.parse(JSON.parse(plain.stdout)).verdict,
  )
  for (const file of ['shared', 'ticket\\.html'])
    expect(refused.stderr).toMatch(
      new RegExp(`^Error: cannot write /[^ ]+/${file}: this bundle cannot be redacted: [^\\n]*$`, 'm'),
    )
  expect(names()).toEqual(['wide.bundle'])
})

it('under pseudonyms where --redact is given: what goes into files, and nothing that is printed', async () => {
  const files = ['-o', `html=${at('ticket.html')}`, '-o', `json=${at('report.json')}`]
  const done = await run(['diagnose', '--from', BUNDLE, '-o', 'pretty', ...files, '--redact'])
  expect(done.code, done.stderr).toBe(1)
  const bundle = parseBundle(readFileSync(BUNDLE), 'ipvs')
  const secrets = [...bundle.question.vips, ...bundle.hosts.map(({ name }) => name)]
  expect(secrets.length).toBeGreaterThan(1)
  for (const secret of secrets) {
    expect(done.stdout).toContain(secret)
    for (const file of ['ticket.html', 'report.json'])
      expect(read(file)).not.toMatch(new RegExp(`\\b${secret.replaceAll('.', '\\.')}\\b`))
  }
  const { findings } = reportSchema.parse(JSON.parse(read('report.json')))
  expect(findings.map(({ rule }) => rule)).toContain('kube-proxy/ipvs-without-strict-arp')
  const nowhere = await run(['diagnose', '--from', BUNDLE, '--redact'])
  expect([nowhere.code, nowhere.stdout]).toEqual([2, ''])
  expect(nowhere.stderr).toMatch(/^Error: --redact is for files/)
})

it('a full disk under standard output costs no file', async () => {
  const argv = [...CLI, 'audit-cluster', '--cluster-from', CLUSTER, '--save', at('snapshot')]
  const done = await execute(['sh', '-c', '"$@" >/dev/full', 'sh', ...argv])
  expect(done.code, done.stderr).toBe(2)
  expect(done.stderr).toMatch(/^Error: cannot write to standard output: ENOSPC[^\n]*\n$/)
  expect(JSON.parse(readFileSync(at('snapshot'), 'utf8'))).toHaveProperty('cluster')
})
