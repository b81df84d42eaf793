import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { accountFor } from '../../src/capture/accounts.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-accounts-'))
  mkdirSync(join(folder, 'home'))
  writeFileSync(join(folder, 'home', 'file'), '')
  symlinkSync(join(folder, 'home', 'file'), join(folder, 'link'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (...parts: string[]) => join(folder, ...parts)

it('is nobody where all may read, or where the file is missing', () => {
  expect(accountFor([file('home', 'file')])?.uid).toBe(65_534)
  expect(accountFor([file('none')])?.uid).toBe(65_534)
})

it('is the owner where a folder is closed to others, also behind a link', () => {
  chmodSync(file('home'), 0o700)
  expect(accountFor([file('home', 'file')])?.uid).toBe(process.getuid?.())
  expect(accountFor([file('link')])?.uid).toBe(process.getuid?.())
})

it('is nobody at all where even the owner may not read', () => {
  chmodSync(file('home', 'file'), 0o000)
  expect(accountFor([file('home', 'file')])).toBe(null)
})
