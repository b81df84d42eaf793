import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/exit-codes.js'
import { parseNamedFiles } from '../../src/cli/named-files.js'
import { readNeighbourFile } from '../../src/cli/neighbour-files.js'

const parseNeighbourFiles = (texts: readonly string[]) => parseNamedFiles('--neighbours', texts)

describe('--neighbours', () => {
  it('takes the name of the device, or the name of its file', () => {
    expect(parseNeighbourFiles(['edge-1=/tmp/a.txt', 'tables/core-2.txt', '/x/a=b/sw'])).toEqual([
      { name: 'edge-1', file: '/tmp/a.txt' },
      { name: 'core-2', file: 'tables/core-2.txt' },
      { name: 'sw', file: '/x/a=b/sw' },
    ])
  })

  it.each([
    [['edge=a', 'edge=b'], /edge is named twice/],
    [['edge='], /write FILE, or NAME=FILE/],
    [[''], /write FILE/],
  ])('refuses %j', (texts, reason) => {
    expect(() => parseNeighbourFiles(texts)).toThrow(reason)
    expect(() => parseNeighbourFiles(texts)).toThrow(UsageError)
  })

  it('refuses more files than anybody saves by hand', () => {
    expect(() => parseNeighbourFiles(Array.from({ length: 65 }, (_, at) => `sw-${at}`))).toThrow(/more than 64 files/)
  })
})

describe('the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2doctor-neighbours-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'edge-1.txt')

  it('of a known format is a table', async () => {
    writeFileSync(file, '10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 STALE\n')
    const { name, table } = await readNeighbourFile({ name: 'edge-1', file })
    expect([name, table.known && table.value.entries.length]).toEqual(['edge-1', 1])
  })

  it('may be what PowerShell makes of the output of ssh', async () => {
    writeFileSync(file, '\ufeff10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 STALE\r\n', 'utf16le')
    const { table } = await readNeighbourFile({ name: 'edge-1', file })
    expect(table.known && table.value.entries.length).toBe(1)
  })

  it('of another one is a gap', async () => {
    writeFileSync(file, 'no table at all\n')
    const { table } = await readNeighbourFile({ name: 'edge-1', file })
    expect(table).toMatchObject({ known: false, gap: { subject: 'neighbours of edge-1' } })
  })

  it('that is not there is a wrong call', async () => {
    await expect(readNeighbourFile({ name: 'x', file: join(folder, 'none') })).rejects.toThrow(UsageError)
  })
})
