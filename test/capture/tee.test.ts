import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { FrameSource } from '../../src/capture/source.js'
import { startCopy } from '../../src/capture/tee.js'
import { CannotLook } from '../../src/known.js'

const directory = mkdtempSync(join(tmpdir(), 'l2doctor-tee-'))
afterAll(() => rmSync(directory, { recursive: true }))

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

it('passes every byte on and leaves a whole file', async () => {
  const file = join(directory, 'whole.pcap')
  expect(await readAll((await startCopy(file)).of(source('one', 'two')))).toBe('onetwo')
  expect(readFileSync(file, 'utf8')).toBe('onetwo')
  expect(existsSync(`${file}.partial`)).toBe(false)
})

it('keeps what a broken source gave under a name that says so', async () => {
  const file = join(directory, 'broken.pcap')
  const tee = (await startCopy(file)).of(source('one', new Error('gone')))
  await expect(readAll(tee)).rejects.toThrow('gone')
  expect(existsSync(file)).toBe(false)
  expect(readFileSync(`${file}.partial`, 'utf8')).toBe('one')
})

it('says that it cannot write before anything is captured', async () => {
  await expect(startCopy(join(directory, 'missing', 'x.pcap'))).rejects.toThrow(CannotLook)
})

it('leaves nothing when nothing could be opened', async () => {
  const file = join(directory, 'none.pcap')
  await (await startCopy(file)).discard()
  expect(existsSync(`${file}.partial`)).toBe(false)
})
