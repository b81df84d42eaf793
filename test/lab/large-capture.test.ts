import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeAside } from '../../src/workflows/see-aside.js'
import { makeCapture } from '../bench/make-capture.js'
import { collect, execute } from '../collect.js'
import { CLI, parseReport } from './scan-scenario.js'

const FRAMES = 200_000

/** How far this process, in whatever thread, has read into a file that it holds open. */
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

describe('a capture that is read in a thread of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-large-'))
  const file = join(folder, 'large.pcap')
  beforeAll(() => {
    makeCapture('arp', FRAMES, file)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Everything but when it ran. */
  const judged = (...flags: readonly string[]) => judgedFile(file, ...flags)
  const judgedFile = async (path: string, ...flags: readonly string[]) => {
    const { code, stdout, stderr } = await execute([...CLI, 'scan', '--read', path, '--json', ...flags])
    expect(stderr).toBe('')
    const { run, ...report } = parseReport(stdout)
    return { code, source: run.source, ...report }
  }

  it('is judged like one that is read by the program itself', async () => {
    const aside = await judged()
    expect(aside).toMatchObject({ code: 1, capture: { frames: FRAMES, arp: FRAMES, truncatedFile: false } })
    expect(await judged('--write', join(folder, 'copy.pcap'))).toEqual(aside)
  })

  it('is the same in gzip, whose bytes and what is in them are many chunks each', async () => {
    const packed = join(folder, 'large.pcap.gz')
    writeFileSync(packed, gzipSync(readFileSync(file), { level: 1 }))
    const { source: _, ...plain } = await judged()
    const { source, ...unpacked } = await judgedFile(packed)
    expect(statSync(packed).size).toBeGreaterThan(3_000_000)
    expect([source?.name, unpacked]).toEqual([packed, plain])
  })

  it('is asked anew when more is asked than could be known ahead', async () => {
    const { addresses } = await judged('--vip', '10.0.240.3,10.9.9.9')
    expect(addresses.map(({ ip }) => ip)).toEqual(expect.arrayContaining(['10.0.240.3', '10.9.9.9']))
    expect((await judged('--all-addresses')).addresses.length).toBeGreaterThan(300)
  })

  it('ends when interrupted, with what was seen until then', async () => {
    const longer = join(folder, 'longer.pcap')
    makeCapture('arp', 5 * FRAMES, longer)
    const question = { path: longer, options: { asked: [], allAddresses: false }, nodes: [] }
    const interruption = new AbortController()
    const seeing = seeAside(question, interruption.signal)
    while (bytesRead(longer) === 0) await setImmediate()
    interruption.abort()
    const { look, wire } = await seeing
    if (!wire.known) throw new Error(wire.gap.reason)
    expect(wire.value.capture.frames).toBeGreaterThan(0)
    expect(wire.value.capture.frames).toBeLessThan(5 * FRAMES)
    expect(look?.source.source.name).toBe(longer)
  })

  it('leaves no thread to wait for behind a usage error', async () => {
    const ended = collect(spawn(CLI[0], [CLI[1], 'scan', '--read', file, '--no-such-flag']))
    expect(await ended).toMatchObject({ code: 2, stdout: '' })
  })
})
