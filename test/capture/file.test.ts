import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { fileSource, stdinSource } from '../../src/capture/file.js'
import type { FrameSource } from '../../src/capture/source.js'
import { CannotLook } from '../../src/known.js'
import { observe } from '../../src/observe/observer.js'
import { traceToPcap } from '../trace.js'

const directory = mkdtempSync(join(tmpdir(), 'l2doctor-file-'))
afterAll(() => rmSync(directory, { recursive: true }))

const CAPTURE = traceToPcap('0 garp 02/10.0.0.240 repeat 40000 every 0.001')

function file(name: string, bytes: Uint8Array): FrameSource {
  writeFileSync(join(directory, name), bytes)
  return fileSource(join(directory, name))
}

const captured = async (source: FrameSource) =>
  (await observe(source.bytes(), { asked: [], allAddresses: false })).capture

describe('fileSource', () => {
  it('reads a file larger than its chunks', async () => {
    expect(await captured(file('plain.pcap', CAPTURE))).toMatchObject({ frames: 40_000, truncatedFile: false })
  })

  it('unpacks gzip, several members too, whatever the name', async () => {
    const half = CAPTURE.length / 2
    const members = Buffer.concat([gzipSync(CAPTURE.subarray(0, half)), gzipSync(CAPTURE.subarray(half))])
    expect(await captured(file('packed.pcap', members))).toMatchObject({ frames: 40_000, truncatedFile: false })
  })

  it('reads a cut or damaged gzip as far as it goes', async () => {
    const packed = gzipSync(CAPTURE, { level: 0 })
    const cut = await captured(file('cut.gz', packed.subarray(0, packed.length / 2)))
    expect(cut.truncatedFile).toBe(true)
    expect(cut.frames).toBeGreaterThan(10_000)
    packed.fill(0xff, packed.length - 200_000)
    expect((await captured(file('damaged.gz', packed))).truncatedFile).toBe(true)
  })

  it.each([
    ['no such file', join(directory, 'missing')],
    ['it is a directory', directory],
  ])('says what to do when there is %s', async (reason, path) => {
    const failure = await captured(fileSource(path)).catch((cause) => cause)
    expect(failure).toBeInstanceOf(CannotLook)
    expect(failure.message).toContain(reason)
    expect(failure.message).toContain(path)
  })

  it('stops when told to, and closes when its reader leaves', async () => {
    const source = file('stop.pcap', CAPTURE)
    let chunks = 0
    for await (const _ of source.bytes()) {
      chunks++
      source.stop()
    }
    expect(chunks).toBe(1)
    for await (const _ of file('leave.pcap', CAPTURE).bytes()) break
  })
})

describe('stdinSource', () => {
  const stdin = (chunks: Uint8Array[]) => Readable.from(chunks) as unknown as NodeJS.ReadStream

  it('reads chunks of any size, gzip too', async () => {
    const pieces = [CAPTURE.subarray(0, 1), CAPTURE.subarray(1, 30), CAPTURE.subarray(30)]
    expect((await captured(stdinSource(stdin(pieces)))).frames).toBe(40_000)
    const packed = gzipSync(CAPTURE)
    expect((await captured(stdinSource(stdin([packed.subarray(0, 1), packed.subarray(1)])))).frames).toBe(40_000)
  })

  it('says that nothing came', async () => {
    await expect(captured(stdinSource(stdin([])))).rejects.toThrow('the capture is empty')
  })
})
