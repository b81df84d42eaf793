import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { reportSchema } from '../../src/report/report.js'
import { parseBundle } from '../../src/workflows/bundle-file.js'
import { describeLab } from '../lab/describe-lab.js'
import { type Standing, situations, stand } from '../lab/situations.js'
import { CLI } from '../lab/ssh-hosts.js'

/**
 * Ctrl-C and kill at many moments, spread evenly from the start of the process to its usual end: `L2D_SEED` repeats a run.
 * Whatever the moment, a report or one clear line comes out, no process stays, and no file is half written.
 */
const SEED = Number(process.env['L2D_SEED'] ?? Date.now() % 1_000_000)
/** How long what is left may take to be gone, and the report of an interrupted run to come. */
const GONE_MS = 3000
const EARLY = /^(?:Interrupted before anything was asked\.\n)?$/

interface Command {
  readonly name: string
  readonly argv: (folder: string) => readonly string[]
  /** Files that it writes, each with what shows that one is whole. */
  readonly files: Readonly<Record<string, (file: string) => void>>
  readonly moments: number
}

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const xml = (file: string) => expect(readFileSync(file, 'utf8').trimEnd()).toMatch(/^<\?xml[\s\S]*<\/testsuites>$/)
const bundle = (file: string) => parseBundle(readFileSync(file), file)
const shell = (file: string) => {
  execFileSync('sh', ['-n', file])
  expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh[\s\S]*\n$/)
}
const pcap = (file: string) => {
  const observer = new Observer({ asked: [], allAddresses: true })
  observer.push(readFileSync(file))
  expect(observer.finish().capture).toMatchObject({ truncatedFile: false, linkTypes: ['EN10MB'] })
}

const live = ['-i', 'eth0']
const commands: readonly Command[] = [
  {
    name: 'diagnose',
    argv: (folder) => [
      ...['diagnose', '--service', 'default/web', ...live, '--save', join(folder, 'case.bundle')],
      ...['--output', `junit=${join(folder, 'junit.xml')}`, '--fix-script', join(folder, 'plan.sh')],
    ],
    files: { 'case.bundle': bundle, 'junit.xml': xml, 'plan.sh': shell },
    moments: 20,
  },
  {
    name: 'check',
    argv: (folder) => ['check', '-f', checkFile(folder), ...live, '--output', `junit=${join(folder, 'junit.xml')}`],
    files: { 'baseline.json': json, 'junit.xml': xml },
    moments: 10,
  },
  {
    name: 'scan',
    argv: (folder) => ['scan', '--all', ...live, '--write', join(folder, 'copy.pcap')],
    files: { 'copy.pcap': pcap },
    moments: 10,
  },
  {
    name: 'audit-cluster',
    argv: (folder) => ['audit-cluster', '--baseline', join(folder, 'baseline.json'), '--save', join(folder, 'c.json')],
    files: { 'baseline.json': json, 'c.json': json },
    moments: 10,
  },
]

function checkFile(folder: string): string {
  const file = join(folder, 'l2doctor.yaml')
  const lines = ['version: 1', 'vips: [{service: default/web}]', 'nodes: [node-a, node-b, node-c]']
  writeFileSync(file, [...lines, `baseline: ${join(folder, 'baseline.json')}`, ''].join('\n'))
  return file
}

let standing: Standing
let folder: string

/** Starts the command with the lab's cluster and hosts, in an empty folder or one that holds the files of a run before. */
function start({ argv, name }: Command): ChildProcess {
  const { segment } = standing
  const home = segment.directory('client')
  const ssh = name === 'diagnose' || name === 'check' ? [`--ssh-option=-F${home}/config`] : []
  const all = [...CLI, ...argv(folder), '--kubeconfig', join(home, 'kubeconfig'), ...ssh, '--json']
  return segment.spawn('client', all, { stdio: ['ignore', 'pipe', 'pipe'] })
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From the signal (or the start, without one) to the end. */
  readonly tookMs: number
}

async function run(command: Command, kill?: { signal: NodeJS.Signals; afterMs: number }): Promise<Ended> {
  const child = start(command)
  const said = Promise.all([text(child.stdout!), text(child.stderr!)])
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  let from = performance.now()
  if (kill) {
    await Promise.race([sleep(kill.afterMs), ended])
    from = performance.now()
    child.kill(kill.signal)
  }
  const [code, signal] = await ended
  const tookMs = performance.now() - from
  const [stdout, stderr] = await said
  return { code, signal, stdout, stderr, tookMs }
}

/** Processes of all namespaces of the lab; what a run leaves shows up in none of those before it. */
async function processes(): Promise<Set<string>> {
  const { segment } = standing
  const pids = segment.hosts.flatMap(({ namespace }) =>
    execFileSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).split('\n'),
  )
  return new Set(pids.filter((pid) => pid !== ''))
}

async function gone(before: ReadonlySet<string>): Promise<string[]> {
  const end = performance.now() + GONE_MS
  for (;;) {
    const left = [...(await processes())].filter((pid) => !before.has(pid)).flatMap(commandOf)
    if (left.length === 0 || performance.now() > end) return left
    await sleep(20)
  }
}

/** Empty when it ended meanwhile. */
function commandOf(pid: string): string[] {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) ? [readFileSync(file, 'utf8').replaceAll('\0', ' ')] : []
}

/** The lab's namespaces whose maker, whose process id is in their names, has gone: what others build meanwhile is not ours. */
const strays = () =>
  [...execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).matchAll(/^l2d-(\d+)-\S+/gm)]
    .filter(([, pid]) => !existsSync(`/proc/${pid}`))
    .map(([name]) => name)
const newStrays = (before: readonly string[]) => strays().filter((name) => !before.includes(name))

/** A seeded generator in [0, 1), mulberry32. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describeLab(`interrupted at any moment (L2D_SEED=${SEED})`, () => {
  beforeAll(async () => {
    standing = await stand(situations.find(({ announcers }) => announcers?.length === 2)!)
    folder = join(standing.segment.directory('client'), 'out')
  })
  afterAll(() => standing.segment.remove())

  describe.each(commands)('$name', (command) => {
    const names = Object.keys(command.files)
    let usualMs: number
    let written: ReadonlyMap<string, string>
    const contents = () =>
      new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]))
    const moments = (salt: number) => {
      const chance = random(SEED + salt)
      return Array.from({ length: command.moments }, (_, at) => ((at + chance()) * usualMs) / command.moments)
    }
    /** Every other run finds the files of a run before. */
    const prepare = (at: number) => {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      if (at % 2 === 1) for (const [name, content] of written) writeFileSync(join(folder, name), content, 'latin1')
    }
    const checkFiles = (before: ReadonlyMap<string, string>) => {
      for (const [name, isWhole] of Object.entries(command.files)) {
        const content = contents().get(name)
        if (content !== before.get(name)) isWhole(join(folder, name))
      }
    }

    beforeAll(async () => {
      prepare(0)
      const { stdout, stderr, tookMs } = await run(command)
      expect(reportSchema.parse(JSON.parse(stdout)).run.interrupted, stderr).toBe(false)
      usualMs = tookMs
      written = contents()
      expect([...written.keys()]).toEqual(expect.arrayContaining(names))
      checkFiles(new Map())
    })

    it('Ctrl-C: a report, or one line when nothing had been asked', async () => {
      let reports = 0
      for (const [at, afterMs] of moments(1).entries()) {
        prepare(at)
        const [files, pids, spaces] = [contents(), await processes(), strays()]
        const ended = await run(command, { signal: 'SIGINT', afterMs })
        const moment = `${command.name}, SIGINT after ${afterMs.toFixed(1)} of ${usualMs.toFixed(0)} ms`
        const what = `${moment}: ${ended.signal ?? ended.code}\n${ended.stderr}\n${ended.stdout.slice(0, 300)}`
        if (ended.code === 130 || ended.signal === 'SIGINT') {
          expect(ended.stderr, what).toMatch(EARLY)
          expect(ended.stdout, what).toBe('')
        } else {
          expect([0, 1, 3], what).toContain(ended.code)
          const { run } = reportSchema.parse(JSON.parse(ended.stdout))
          reports++
          if (afterMs < usualMs / 2) expect(run.interrupted, what).toBe(true)
        }
        expect(ended.tookMs, what).toBeLessThan(GONE_MS)
        expect(await gone(pids), what).toEqual([])
        expect(
          [...contents().keys()].filter(
            (name) => !names.includes(name) && !files.has(name) && name !== 'l2doctor.yaml',
          ),
          what,
        ).toEqual([])
        checkFiles(files)
        expect(newStrays(spaces), what).toEqual([])
      }
      expect(reports, 'runs that had asked something, and reported it').toBeGreaterThan(0)
    })

    it('kill: no process, no namespace, no half of a file', async () => {
      for (const [at, afterMs] of moments(2).entries()) {
        prepare(at)
        const [files, pids, spaces] = [contents(), await processes(), strays()]
        await run(command, { signal: 'SIGKILL', afterMs })
        const what = `${command.name}, SIGKILL after ${afterMs.toFixed(1)} of ${usualMs.toFixed(0)} ms`
        expect(await gone(pids), what).toEqual([])
        checkFiles(files)
        expect(newStrays(spaces), what).toEqual([])
      }
    })
  })

  it('kill: an ssh whose host says nothing goes too', async () => {
    const { segment } = standing
    const bin = join(segment.directory('client'), 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'ssh'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 })
    const before = await processes()
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
    const child = segment.spawn('client', [...CLI, 'audit-node', 'node-a'], { env, stdio: 'ignore' })
    const started = async () => [...(await processes())].flatMap(commandOf).some((name) => name.startsWith('sleep 600'))
    while (!(await started())) await sleep(20)
    child.kill('SIGKILL')
    expect(await gone(before)).toEqual([])
  })
})
