import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readBounded } from '../src/bounded-file.js'

const folder = mkdtempSync(join(tmpdir(), 'l2doctor-bounded-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('reads a file up to its bound and no further', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, Buffer.alloc(1024 * 1024, 'x'))
  expect(await readBounded(file, 1)).toHaveLength(1024 * 1024)
  writeFileSync(file, Buffer.alloc(1024 * 1024 + 1, 'x'))
  await expect(readBounded(file, 1)).rejects.toThrow('it is larger than 1 MiB')
})

it('cuts off a device that never ends', async () => {
  await expect(readBounded('/dev/zero', 2)).rejects.toThrow('it is larger than 2 MiB')
})

it('says that a folder is no file, to people and to code', async () => {
  await expect(readBounded(folder, 1)).rejects.toMatchObject({ message: 'it is a folder', code: 'EISDIR' })
})

it('says which file is not there', async () => {
  await expect(readBounded(join(folder, 'none'), 1)).rejects.toThrow('ENOENT')
})
