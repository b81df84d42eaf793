import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FrameSource } from '../../src/capture/source.js'
import { startCopy } from '../../src/capture/tee.js'
import { openOutput } from '../../src/files/output-file.js'
import { fullDisk } from '../full-disk.js'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'l2doctor-tee-'))
  file = join(directory, 'copy.pcap')
})
afterEach(() => rmSync(directory, { recursive: true }))

function source(...chunks: (string | Error)[]): FrameSource {
  return {
    source: { kind: 'live', name: 'eth0', engine: 'cap' },
    async *bytes() {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk
        yield Buffer.from(chunk)
      }
    },
    stop: () => {},
  }
}

async function readAll(from: FrameSource): Promise<string> {
  let text = ''
  for await (const chunk of from.bytes()) text += Buffer.from(chunk).toString()
  return text
}

const failures: unknown[] = []
const start = async (name = file) => startCopy(await openOutput(name, 'owner'), (cause) => failures.push(cause))

it('passes every byte on and leaves a whole file', async () => {
  expect(await readAll((await start()).of(source('one', 'two')))).toBe('onetwo')
  expect(readFileSync(file, 'utf8')).toBe('onetwo')
  expect(readdirSync(directory)).toEqual(['copy.pcap'])
})

it('keeps what a broken source gave', async () => {
  const tee = (await start()).of(source('one', new Error('gone')))
  await expect(readAll(tee)).rejects.toThrow('gone')
  expect(readFileSync(file, 'utf8')).toBe('one')
  expect(readdirSync(directory)).toEqual(['copy.pcap'])
})

it.each([
  ['a source that gave nothing', async () => readAll((await start()).of(source(new Error('gone')))).catch(() => {})],
  ['a source that was never opened', async () => (await start()).discard()],
  [
    'a reader that wants no more',
    async () => {
      for await (const _ of (await start()).of(source('one', 'two')).bytes()) break
    },
  ],
])('%s leaves what was there', async (_, run) => {
  writeFileSync(file, 'before')
  await run()
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(readdirSync(directory)).toEqual(['copy.pcap'])
})

it('a disk that is full ends the copy, not the source', async () => {
  failures.length = 0
  expect(await readAll((await start(fullDisk(directory))).of(source('one', 'two')))).toBe('onetwo')
  expect(failures).toMatchObject([{ name: 'CannotWrite', reason: expect.stringContaining('ENOSPC') }])
})
