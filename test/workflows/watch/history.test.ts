import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openHistory, readHistory } from '../../../src/cli/history-file.js'
import { openAppended } from '../../../src/files/appended-file.js'
import { type HistoryLine, parseHistory } from '../../../src/watch/history-line.js'
import { History, type HistoryOptions, type HistoryStore } from '../../../src/workflows/watch/history.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-history-'))
  file = join(folder, 'watch.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const told: string[] = []
const TOLD = {
  failed: (reason: string) => void told.push(`failed: ${reason}`),
  worksAgain: () => void told.push('works again'),
  counted: () => void told.push('counted'),
}
const OPTIONS: HistoryOptions = {
  earlier: [],
  writtenBy: 'l2doctor test',
  now: () => new Date('2026-01-01T00:00:00Z'),
  mostBytes: 1 << 20,
  retryMs: 20,
  told: TOLD,
}
beforeEach(() => void told.splice(0))

function service(name: string, ...ips: readonly string[]) {
  return { service: `shop/${name}`, ips, nodes: {}, announcers: ['metallb'] } as const
}

function linesIn(path: string): readonly HistoryLine[] {
  const read = parseHistory(readFileSync(path, 'utf8'))
  expect(read).toMatchObject({ unread: 0, isTorn: false })
  return read!.lines
}

describe('the history of a watch', () => {
  it('stands in its file, for its owner alone, and goes on after a line that was cut off', async () => {
    const first = new History(await openAppended(file), OPTIONS)
    first.services([service('web', '10.0.0.240')])
    await first.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(file, '{"event":"vip","at":"2026', { flag: 'a' })
    const second = await openHistory(file, '0.1.0', TOLD)
    second.services([service('web', '10.0.0.240')])
    second.services([service('web', '10.0.0.241')])
    await second.close()
    const read = parseHistory(readFileSync(file, 'utf8'))
    expect(read).toMatchObject({ unread: 1, isTorn: false })
    expect(read?.lines.map(({ event }) => event)).toEqual([
      'begun',
      'service',
      'ended',
      'lost',
      'begun',
      'service',
      'service',
      'ended',
    ])
    expect(told).toEqual([])
  })

  it('begins another file when it is large, which says all that stands, and keeps one of those before', async () => {
    for (let turn = 0; turn < 30; turn++) {
      const earlier = existsSync(file) ? linesIn(file) : []
      const history = new History(await openAppended(file), { ...OPTIONS, earlier, mostBytes: 2000 })
      history.services([service('stays', '10.0.0.9'), service('web', `10.0.0.${turn}`)])
      await history.close()
    }
    expect(existsSync(`${file}.2`)).toBe(false)
    expect([statSync(file).size, statSync(`${file}.1`).size].every((size) => size < 2700)).toBe(true)
    const [head, ...rest] = linesIn(file)
    expect(head).toMatchObject({ event: 'begun' })
    expect(rest).toContainEqual(expect.objectContaining({ service: 'shop/stays' }))
    const { facts } = await readHistory(file, [])
    const [stays] = facts!.services.filter((one) => one.service === 'shop/stays')
    expect(stays?.records).toHaveLength(1)
  })

  it('gets a new file where somebody took the old one away', async () => {
    const history = new History(await openAppended(file), OPTIONS)
    history.services([service('web', '10.0.0.240')])
    await sleep(50)
    renameSync(file, join(folder, 'away'))
    history.services([service('web', '10.0.0.240'), service('api', '10.0.0.241')])
    await history.close()
    expect(linesIn(file).flatMap((line) => (line.event === 'service' ? [line.service] : [line.event]))).toEqual([
      'begun',
      'shop/web',
      'shop/api',
      'ended',
    ])
  })

  it('puts no empty file in the place of the one before, as where somebody took a large one away under that name', async () => {
    const history = new History(await openAppended(file), { ...OPTIONS, mostBytes: 100 })
    history.services([service('web', '10.0.0.240')])
    await vi.waitFor(() => expect(linesIn(file)).toHaveLength(2))
    renameSync(file, `${file}.1`)
    history.services([service('web', '10.0.0.241')])
    await history.close()
    expect(linesIn(`${file}.1`)).toHaveLength(2)
    expect(linesIn(file).map(({ event }) => event)).toEqual(['begun', 'service', 'ended'])
  })

  it('loses no line of 20,000 that come at once, as where a cluster is read first', async () => {
    const history = new History(await openAppended(file), OPTIONS)
    history.services(Array.from({ length: 20_000 }, (_, at) => service(`s${at}`, `10.0.${at >> 8}.${at & 255}`)))
    await history.close()
    expect(linesIn(file).map(({ event }) => event)).toEqual([
      'begun',
      ...Array.from({ length: 20_000 }, () => 'service'),
      'ended',
    ])
  })

  it('says all that stands in a file that somebody emptied, and in a folder that was made again', async () => {
    const history = new History(await openAppended(file), OPTIONS)
    const until = (path: string, event: string) =>
      vi.waitFor(() => expect(linesIn(path).map((line) => line.event)).toContain(event), { timeout: 10_000 })
    history.services([service('web', '10.0.0.240')])
    await until(file, 'service')
    truncateSync(file) // logrotate with copytruncate
    history.services([service('web', '10.0.0.240'), service('api', '10.0.0.241')])
    await until(file, 'service')
    expect(linesIn(file).map(({ event }) => event)).toEqual(['begun', 'service', 'service'])
    renameSync(folder, `${folder}-old`)
    history.services([service('web', '10.0.0.242'), service('api', '10.0.0.241')])
    await vi.waitFor(() => expect(told).toContain('counted'))
    mkdirSync(folder)
    await vi.waitFor(() => expect(told).toContain('works again'), { timeout: 10_000 })
    await history.close()
    rmSync(`${folder}-old`, { recursive: true })
    expect(linesIn(file).flatMap((line) => (line.event === 'service' ? [line.ips] : []))).toEqual([
      ['10.0.0.241'],
      ['10.0.0.242'],
    ])
  })

  it('begins again in its file where the clock was set, and says again what stands', async () => {
    let at = '2026-01-01T05:00:00.000Z'
    const history = new History(await openAppended(file), { ...OPTIONS, now: () => new Date(at) })
    history.services([service('web', '10.0.0.240')])
    at = '2026-01-01T03:00:00.000Z'
    history.clockSet(-7_200_000)
    history.services([service('web', '10.0.0.240')])
    await history.close()
    expect(linesIn(file).map((line) => [line.event, line.at.slice(11, 16)])).toEqual([
      ['begun', '05:00'],
      ['service', '05:00'],
      ['begun', '03:00'],
      ['service', '03:00'],
      ['ended', '03:00'],
    ])
  })

  it('is not begun in a folder, a device or a file of something else, which stays as it was', async () => {
    writeFileSync(file, 'version: 1\n')
    await expect(openHistory(file, '0', TOLD)).rejects.toThrow('is no history that watch --history wrote')
    expect(readFileSync(file, 'utf8')).toBe('version: 1\n')
    mkdirSync(join(folder, 'there'))
    await expect(openHistory(join(folder, 'there'), '0', TOLD)).rejects.toThrow('it is a folder')
    await expect(openHistory('-', '0', TOLD)).rejects.toThrow('--history - would be a file named "-"')
    expect(existsSync('-')).toBe(false)
    await expect(openHistory('/dev/null', '0', TOLD)).rejects.toThrow('it is no regular file')
    await expect(openHistory(join(folder, 'none', 'x'), '0', TOLD)).rejects.toThrow('there is no folder')
  })
})

/** A store that takes nothing while `isFull`. */
/** The most bytes that a file which this process writes may have. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`])
}

describe('a file that takes a part of what is written', () => {
  afterEach(() => limitFiles('unlimited'))

  it('has nothing of it, so that what waits is in it once when there is room', async () => {
    const history = new History(await openAppended(file), OPTIONS)
    const bound = Array.from({ length: 110 }, (_, at) => service(`web-${at}`, `10.0.0.${at}`))
    history.services(bound.slice(0, 10))
    await vi.waitFor(() => expect(linesIn(file)).toHaveLength(11))
    const { size } = statSync(file)
    limitFiles(size + 1000)
    history.services(bound)
    await vi.waitFor(() => expect(told.filter((one) => one === 'counted').length).toBeGreaterThan(3))
    expect(linesIn(file)).toHaveLength(11)
    limitFiles('unlimited')
    await vi.waitFor(() => expect(told.at(-1)).toBe('works again'))
    await history.close()
    expect(linesIn(file).map(({ event }) => event)).toEqual(['begun', ...bound.map(() => 'service'), 'ended'])
  })
})

class FakeStore implements HistoryStore {
  isFull = false
  text = ''
  private answers: Promise<void> = Promise.resolve()
  /** Takes nothing until it is called back. */
  hang(): () => void {
    let answer = () => {}
    this.answers = new Promise((resolve) => {
      answer = resolve
    })
    return () => answer()
  }
  get size() {
    return this.text.length
  }
  async append(lines: (isEmpty: boolean) => string) {
    await this.answers
    if (this.isFull) throw new Error('ENOSPC: no space left on device')
    this.text += lines(this.text === '')
  }
  async rotate() {
    this.text = ''
  }
  async close() {}
}

describe('a disk that is full', () => {
  it('is told of once, each attempt is counted, and what waited is written when there is room', async () => {
    const store = new FakeStore()
    const history = new History(store, OPTIONS)
    await sleep(1)
    store.isFull = true
    history.services([service('web', '10.0.0.240')])
    history.services([service('web', '10.0.0.241')])
    await sleep(100)
    expect(told.filter((one) => one !== 'counted')).toEqual(['failed: ENOSPC: no space left on device'])
    expect(told.length).toBeGreaterThan(2)
    store.isFull = false
    await sleep(100)
    expect(told.at(-1)).toBe('works again')
    await history.close()
    expect(parseHistory(store.text)?.lines.map(({ event }) => event)).toEqual(['begun', 'service', 'service', 'ended'])
  })

  it('or does not answer is told of once, and counted, and once when it does', async () => {
    const store = new FakeStore()
    const history = new History(store, OPTIONS)
    await sleep(1)
    const answer = store.hang()
    history.services([service('web', '10.0.0.240')])
    await vi.waitFor(() => expect(told).toEqual(['counted', 'failed: the disk does not answer for 0.02 s']))
    answer()
    await vi.waitFor(() => expect(told.at(-1)).toBe('works again'))
    await history.close()
    expect(told).toHaveLength(3)
    expect(parseHistory(store.text)?.lines.map(({ event }) => event)).toEqual(['begun', 'service', 'ended'])
  })

  it('costs lines where it lasts: they are counted, and what stands is said', async () => {
    const store = new FakeStore()
    const history = new History(store, OPTIONS)
    await sleep(1)
    store.isFull = true
    for (let turn = 0; turn < 6000; turn++)
      history.services([service('a', `10.0.0.${turn}`), service('b', `10.1.0.${turn}`)])
    store.isFull = false
    await history.close()
    const lines = parseHistory(store.text)?.lines ?? []
    const lost = lines.flatMap((line) => (line.event === 'lost' ? [line.lines] : []))
    expect(lost[0]).toBeGreaterThan(10_000)
    expect(lines.filter(({ event }) => event === 'service').slice(-2)).toMatchObject([
      { service: 'shop/a', ips: ['10.0.0.5999'] },
      { service: 'shop/b', ips: ['10.1.0.5999'] },
    ])
  })
})
