import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ApiConnection } from '../../src/cluster/api-connection.js'
import { KINDS } from '../../src/cluster/kinds.js'
import { listResource } from '../../src/cluster/list-resource.js'
import { readCluster } from '../../src/cluster/read-cluster.js'

/** An API server that always promises another page; it answers 5,000 requests, then fails the test by itself. */
function endlessServer(token: (page: number) => string, items: readonly object[] = []) {
  let [pages, thrown] = [0, 0]
  const connection: ApiConnection = {
    server: 'https://endless',
    close: () => {},
    get: async (_path, _signal, take) => {
      pages += 1
      if (pages > 5000) throw new Error('it was asked for more than 5,000 pages')
      try {
        take(Buffer.from(JSON.stringify({ metadata: { continue: token(pages) }, items })))
      } catch (error) {
        thrown += 1
        throw error
      }
      return 200
    },
  }
  const [resource] = KINDS.services.resources
  if (!resource) throw new Error('services are of no resource')
  return {
    list: () => listResource(connection, resource, {}, (object) => object, new AbortController().signal),
    pages: () => pages,
    thrown: () => thrown,
  }
}

describe('a list that does not end', () => {
  it('by the same token again is given up at once', async () => {
    const server = endlessServer(() => 'again')
    await expect(server.list()).rejects.toThrow('the list does not end: after 1 pages')
    expect(server.pages()).toBe(2)
  })

  it('by tokens in a circle is given up when one comes back', async () => {
    const server = endlessServer((page) => `token-${page % 7}`)
    await expect(server.list()).rejects.toThrow('the list does not end')
    expect(server.pages()).toBeLessThan(10)
  })

  it('by new tokens without end is given up after 2,000 pages', async () => {
    const server = endlessServer((page) => `token-${page}`)
    await expect(server.list()).rejects.toThrow('the list does not end: after 2000 pages')
  })

  it('by objects without end is given up after a million', async () => {
    const items = Array.from({ length: 10_000 }, () => ({}))
    const server = endlessServer((page) => `token-${page}`, items)
    await expect(server.list()).rejects.toThrow('the list does not end')
    expect(server.pages()).toBeLessThan(110)
  })

  it('by objects without end in one page is given up while they come', async () => {
    const server = endlessServer(
      () => 'next',
      Array.from({ length: 1_000_001 }, () => ({})),
    )
    await expect(server.list()).rejects.toThrow('the list does not end')
    expect(server.pages()).toBe(1)
    expect(server.thrown()).toBe(0)
  })

  it('by bytes without end is given up after 2 GiB, and takes no more', async () => {
    const piece = Buffer.alloc(64 * 1024 * 1024, ' ')
    let pieces = 0
    const connection: ApiConnection = {
      server: 'https://endless',
      close: () => {},
      get: async (_path, signal, take) => {
        while (!signal.aborted && pieces < 100) {
          pieces += 1
          take(piece)
        }
        return 200
      },
    }
    const never = new AbortController().signal
    await expect(listResource(connection, KINDS.services.resources[0]!, {}, (object) => object, never)).rejects.toThrow(
      'the list is larger than 2048 MiB',
    )
    expect(pieces).toBe(33)
  })
})

it('a cluster whose lists come for ever is read up to a deadline, and what is missing is a gap', async () => {
  const connection: ApiConnection = {
    server: 'https://slow',
    close: () => {},
    get: async (path, signal, take) => {
      signal.throwIfAborted()
      if (!path.includes('/nodes?')) await once(signal, 'abort').then(() => signal.throwIfAborted())
      take(Buffer.from(JSON.stringify({ metadata: {}, items: [] })))
      return 200
    },
  }
  const interrupted = new AbortController().signal
  const { nodes, services } = await readCluster(connection, {
    now: () => new Date(),
    concurrency: 6,
    interrupted,
    mostMs: 100,
  })
  expect(nodes).toMatchObject({ known: true })
  expect(services).toMatchObject({ known: false, gap: { reason: 'the cluster was not read whole within 0.1 s' } })
})
