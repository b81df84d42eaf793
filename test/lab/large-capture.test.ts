import { spawn } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { pcapHeader } from '../../src/wire/write-pcap.js'
import { conclude, NoterThread, read } from '../../src/workflows/noter.js'
import { seeFile } from '../../src/workflows/see-file.js'
import { makeCapture } from '../bench/make-capture.js'
import { collect, execute } from '../collect.js'
import { traceToPcap } from '../trace.js'
import { CLI, parseReport } from './scan-scenario.js'

const FRAMES = 200_000
const EVERYTHING = { asked: [0x0a00_00f0], allAddresses: true }
/** 140 000 frames in 70 seconds. */
const BUSY = `
  0.00001 ask 01/10.0.0.1 -> 10.0.0.240 repeat 50000 every 0.0014
  0.00021 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 40000 every 0.0014
  0.0003 garp 03/10.0.0.240 repeat 30000 every 0.002 vlan 100
  0.0005 garp 04/10.0.0.240 repeat 10000 every 0.007 vlan 100
  0.0007 frame ffffffffffff02000000000508060006080006040001020000000005000000000000000000000a0000f0 repeat 10000 every 0.007`

/** How far this process has read into a file that it holds open. */
function bytesRead(file: string): number {
  const fds = readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`) === file)
  return Math.max(
    0,
    ...fds.map((fd) => Number(/^pos:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1])),
  )
}

/** null when it was closed meanwhile. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

describe('a capture whose frames are noted in a thread of their own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-large-'))
  const file = join(folder, 'large.pcap')
  beforeAll(() => {
    makeCapture('arp', FRAMES, file)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function storm(): Uint8Array {
    const path = join(folder, 'storm.pcap')
    makeCapture('storm', FRAMES, path)
    return readFileSync(path)
  }

  /** Everything but when it ran. */
  const judged = (...flags: readonly string[]) => judgedFile(file, ...flags)
  const judgedFile = async (path: string, ...flags: readonly string[]) => {
    const { code, stdout, stderr } = await execute([...CLI, 'scan', '--read', path, '--json', ...flags])
    expect(stderr).toBe('')
    const { run, ...report } = parseReport(stdout)
    return { code, source: run.source, ...report }
  }

  it('is judged like one whose frames are noted as they are read', async () => {
    const aside = await judged()
    expect(aside).toMatchObject({ code: 1, capture: { frames: FRAMES, arp: FRAMES, truncatedFile: false } })
    expect(await judged('--write', join(folder, 'copy.pcap'))).toEqual(aside)
  })

  it.each([
    ['more flows and conversations than are remembered at once', () => storm()],
    ['loops, tags, changes of hands and ARP for another hardware', () => traceToPcap(BUSY)],
  ])('shows the same wherever they are noted: %s', async (_, make) => {
    const capture = make()
    const [here, aside] = [new Observer(EVERYTHING), new Observer(EVERYTHING)]
    here.push(capture)
    const facts = here.finish()
    expect([facts.capture.arp > 100_000, facts.addresses.length > 0]).toEqual([true, true])
    const noter = new NoterThread(aside.core)
    await read(capture, aside, noter)
    expect(await conclude(aside, noter)).toEqual(facts)
  })

  it('fails when the thread has ended before the frames have', async () => {
    const observer = new Observer(EVERYTHING)
    const noter = new NoterThread(observer.core)
    noter.stop()
    await read(traceToPcap('0 garp 01/10.0.0.240'), observer, noter)
    await expect(conclude(observer, noter)).rejects.toThrow('the thread that notes frames has ended')
  })

  it('is the same in gzip, whose bytes and what is in them are many chunks each', async () => {
    const packed = join(folder, 'large.pcap.gz')
    writeFileSync(packed, gzipSync(readFileSync(file), { level: 1 }))
    const { source: _, ...plain } = await judged()
    const { source, ...unpacked } = await judgedFile(packed)
    expect(statSync(packed).size).toBeGreaterThan(3_000_000)
    expect([source?.name, unpacked]).toEqual([packed, plain])
  })

  it('is judged for the addresses asked for, and for all of them', async () => {
    const { addresses } = await judged('--vip', '10.0.240.3,10.9.9.9')
    expect(addresses.map(({ ip }) => ip)).toEqual(expect.arrayContaining(['10.0.240.3', '10.9.9.9']))
    expect((await judged('--all-addresses')).addresses.length).toBeGreaterThan(300)
  })

  it('ends when interrupted, with what was seen until then', async () => {
    const longer = join(folder, 'longer.pcap')
    makeCapture('arp', 5 * FRAMES, longer)
    const question = { path: longer, options: { asked: [], allAddresses: false }, nodes: [] }
    const interruption = new AbortController()
    const seeing = seeFile(question, interruption.signal)
    while (bytesRead(longer) === 0) await setImmediate()
    interruption.abort()
    const { look, wire } = await seeing
    if (!wire.known) throw new Error(wire.gap.reason)
    expect(wire.value.capture.frames).toBeGreaterThan(0)
    expect(wire.value.capture.frames).toBeLessThan(5 * FRAMES)
    expect(look?.source.source.name).toBe(longer)
  })

  it('does not keep a usage error waiting, however large the file is', async () => {
    const endless = join(folder, 'endless.pcap')
    writeFileSync(endless, pcapHeader())
    truncateSync(endless, 64 * 2 ** 30) // a hole: minutes of empty records, and no room on the disk
    const ended = collect(spawn(CLI[0], [CLI[1], 'scan', '--read', endless, '--no-such-flag']))
    expect(await ended).toMatchObject({ code: 2, stdout: '' })
  })
})
