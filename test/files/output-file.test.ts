import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
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
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CannotWrite } from '../../src/files/cannot-write.js'
import { appendTo, openOutput, writeWhole } from '../../src/files/output-file.js'
import { checkPlanned } from '../../src/files/planned.js'
import { fullDisk } from '../full-disk.js'

let folder: string
const at = (name: string) => join(folder, name)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const mode = (name: string) => statSync(at(name)).mode & 0o7777
/** Owners can be made up by root only; CI runs as root. */
const itAsRoot = it.runIf(process.geteuid?.() === 0)
const STRANGER = 65_533

describe('a regular file', () => {
  it.each([
    ['owner', 0o600],
    ['all', 0o644],
  ] as const)('that is new may be read by %s', async (readers, wanted) => {
    await writeWhole(at('new'), 'text', readers)
    expect(mode('new')).toBe(wanted)
  })

  it.each([0o600, 0o664, 0o444 | 0o200])(
    'keeps its mode %o, and is another file: who reads it reads all of it',
    async (old) => {
      writeFileSync(at('old'), 'before')
      chmodSync(at('old'), old)
      linkSync(at('old'), at('held'))
      await writeWhole(at('old'), 'after', 'owner')
      expect(mode('old')).toBe(old)
      expect([readFileSync(at('old'), 'utf8'), readFileSync(at('held'), 'utf8')]).toEqual(['after', 'before'])
    },
  )

  itAsRoot('keeps its owner', async () => {
    writeFileSync(at('old'), 'before')
    chownSync(at('old'), 1234, 2345)
    await writeWhole(at('old'), 'after', 'owner')
    expect(statSync(at('old'))).toMatchObject({ uid: 1234, gid: 2345 })
  })

  it('has no other name while it is written than one nobody foresees, and none that is left', async () => {
    const output = await openOutput(at('new'), 'owner')
    await output.write(Buffer.from('half'))
    const names = readdirSync(folder)
    expect(names).toEqual([expect.stringMatching(/^\.l2doctor-[\da-f]{24}$/)])
    expect(statSync(at(names[0]!)).mode & 0o777).toBe(0o600)
    await output.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is left alone by a write that fails', async () => {
    writeFileSync(at('old'), 'before')
    const output = await openOutput(at('old'), 'owner')
    await output.write(Buffer.from('half'))
    await output.discard()
    expect(readFileSync(at('old'), 'utf8')).toBe('before')
    expect(readdirSync(folder)).toEqual(['old'])
  })

  itAsRoot('mounted by itself is overwritten in its place', async () => {
    writeFileSync(at('old'), 'a longer text of before')
    writeFileSync(at('outside'), 'a longer text of before')
    execFileSync('mount', ['--bind', at('outside'), at('old')])
    try {
      await writeWhole(at('old'), 'after', 'all')
      expect(readFileSync(at('outside'), 'utf8')).toBe('after')
    } finally {
      execFileSync('umount', [at('old')])
    }
    expect(readdirSync(folder).sort()).toEqual(['old', 'outside'])
  })
})

describe('a symlink', () => {
  it('is followed, through others and to a file that is not there yet', async () => {
    mkdirSync(at('there'))
    symlinkSync('second', at('first'))
    symlinkSync('there/target', at('second'))
    await writeWhole(at('first'), 'text', 'all')
    expect(lstatSync(at('first')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('there/target'), 'utf8')).toBe('text')
  })

  it('in a circle is refused', async () => {
    symlinkSync('b', at('a'))
    symlinkSync('a', at('b'))
    await expect(writeWhole(at('a'), 'text', 'all')).rejects.toThrow(/circle/)
  })

  itAsRoot.each([0o1777, 0o777, 0o770])('of another user in a folder of mode %o is refused', async (folderMode) => {
    chmodSync(folder, folderMode)
    writeFileSync(at('secret'), 'before')
    execFileSync('ln', ['-s', 'secret', at('link')])
    execFileSync('chown', ['-h', String(STRANGER), at('link')])
    await expect(writeWhole(at('link'), 'text', 'all')).rejects.toThrow(/symlink of another user/)
    expect(() => checkPlanned([{ flag: '--save', file: at('link') }])).toThrow(/symlink of another user/)
    expect(readFileSync(at('secret'), 'utf8')).toBe('before')
  })

  itAsRoot('of another user on the way is refused too', async () => {
    chmodSync(folder, 0o1777)
    mkdirSync(at('real'))
    symlinkSync('real', at('way'))
    execFileSync('chown', ['-h', String(STRANGER), at('way')])
    await expect(writeWhole(at('way/file'), 'text', 'all')).rejects.toThrow(/symlink of another user/)
  })

  itAsRoot('of ours in such a folder is followed', async () => {
    chmodSync(folder, 0o1777)
    symlinkSync('target', at('link'))
    await writeWhole(at('link'), 'text', 'all')
    expect(readFileSync(at('target'), 'utf8')).toBe('text')
  })
})

describe('a FIFO', () => {
  beforeEach(() => execFileSync('mkfifo', [at('pipe')]))

  it('is written into, and waits for its reader', async () => {
    const writing = writeWhole(at('pipe'), 'text'.repeat(100_000), 'owner')
    const reader = spawn('cat', [at('pipe')])
    expect(await text(reader.stdout)).toHaveLength(400_000)
    await writing
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
  })

  it('without a reader waits until the run is to end', async () => {
    const signal = AbortSignal.timeout(100)
    await expect(writeWhole(at('pipe'), 'text', 'owner', signal)).rejects.toThrow(/nobody reads/)
  })

  it('whose reader takes no more waits until the run is to end', async () => {
    const reader = spawn('sh', ['-c', 'exec 3<"$1"; echo open; read -r _', 'sh', at('pipe')])
    const signal = AbortSignal.timeout(100)
    try {
      await expect(writeWhole(at('pipe'), 'text'.repeat(1e6), 'owner', signal)).rejects.toThrow(/takes no more/)
    } finally {
      reader.kill()
    }
  })

  it('whose reader closed early is no failure', async () => {
    const reader = spawn('head', ['-c', '1', at('pipe')])
    await writeWhole(at('pipe'), 'text'.repeat(1e6), 'owner')
    expect(await text(reader.stdout)).toBe('t')
  })

  itAsRoot('of another user in a sticky folder is refused', async () => {
    chmodSync(folder, 0o1777)
    chownSync(at('pipe'), STRANGER, STRANGER)
    await expect(writeWhole(at('pipe'), 'text', 'owner')).rejects.toThrow(/FIFO of another user/)
  })
})

it('a device is written into', async () => {
  const full = fullDisk(folder)
  const { rdev } = statSync(full)
  await expect(writeWhole(full, 'text', 'owner')).rejects.toThrow(
    /^cannot write \/[^ ]+\/full: ENOSPC: no space left on device; /,
  )
  expect(lstatSync(full)).toMatchObject({ rdev })
})

it('adds to a file, through symlinks, and makes one', async () => {
  symlinkSync('log', at('link'))
  await appendTo(at('link'), 'one\n')
  await appendTo(at('link'), 'two\n')
  expect(readFileSync(at('log'), 'utf8')).toBe('one\ntwo\n')
})

describe('before the run', () => {
  const plan = (...files: (string | null)[]) =>
    checkPlanned(files.map((file, n) => ({ flag: `--flag${n}`, file: file && at(file) })))

  it('nothing is made or changed', () => {
    plan('new', null)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['missing/file', /no folder .*missing/],
    ['file/below', /is no folder/],
    ['.', /it is a folder/],
    ['new/', /names a folder/],
  ])('%s cannot be written', (name, reason) => {
    writeFileSync(at('file'), '')
    expect(() => plan(name)).toThrow(reason)
  })

  it.each([
    ['spelled alike', 'a', 'a'],
    ['spelled in two ways', 'a', './sub/../a'],
    ['through a symlink', 'a', 'link'],
    ['through a symlinked folder', 'sub/b', 'other/b'],
    ['as a hard link', 'c', 'd'],
  ])('a file named twice is refused, %s', (_, one, two) => {
    mkdirSync(at('sub'))
    symlinkSync('sub', at('other'))
    symlinkSync('a', at('link'))
    writeFileSync(at('c'), '')
    linkSync(at('c'), at('d'))
    expect(() => plan(one, two)).toThrow(/--flag0/)
  })

  it('a folder of many files may be new, and is none in the place of a file', () => {
    writeFileSync(at('file'), '')
    const folderPlan = (name: string) => () => checkPlanned([{ flag: '--save', file: at(name), folder: true }])
    for (const name of ['new/er/folder', 'new/er/folder/']) folderPlan(name)()
    expect(folderPlan('file')).toThrow(/no folder/)
    expect(folderPlan('file/below')).toThrow(CannotWrite)
  })

  const reading = (name: string, of: string) => () =>
    checkPlanned([{ flag: '--output json', file: at(name) }], [{ flag: '--read', file: of === '-' ? of : at(of) }])

  it.each([
    ['spelled alike', 'in', 'in'],
    ['through a symlink', 'link', 'in'],
    ['whose symlink is read', 'in', 'link'],
    ['as a hard link', 'hard', 'in'],
    ['that lies in a folder which is read', 'audit/node-a.json', 'audit'],
  ])('a file that is read is not written, %s', (_, name, of) => {
    mkdirSync(at('audit'))
    for (const file of ['in', 'audit/node-a.json']) writeFileSync(at(file), '')
    symlinkSync('in', at('link'))
    linkSync(at('in'), at('hard'))
    expect(reading(name, of)).toThrow(`cannot write ${at(name)}: --read ${at(of)} reads it; name another file to write`)
  })

  it('what only lies beside a file that is read is written, and its reader complains of one that is not there', () => {
    mkdirSync(at('audit'))
    writeFileSync(at('audit/node-a.json'), '')
    for (const name of ['audit/report.json', 'audit/report.txt', 'out']) reading(name, 'audit')()
    reading('out', 'missing')()
  })

  it('a folder that is read is not one to save into, but one in it may be', () => {
    mkdirSync(at('audit'))
    const save = (name: string) => () =>
      checkPlanned([{ flag: '--save', file: at(name), folder: true }], [{ flag: '--from', file: at('audit') }])
    expect(save('audit')).toThrow(/--from .* reads it/)
    save('audit/shared')()
    save('new')()
  })

  it('/dev/null takes any number of outputs', () => {
    checkPlanned(['--a', '--b'].map((flag) => ({ flag, file: '/dev/null' })))
  })
})
