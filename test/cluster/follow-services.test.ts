import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { followServices } from '../../src/cluster/follow-services.js'
import { connect } from '../../src/cluster/kubernetes.js'
import { ApiFixture, objectsOf, THREE_NODES } from './api-fixture.js'
import { ServiceWatches } from './stand-in/service-watches.js'

/** A watch that runs against the stand-in, and how often it said that something changed. */
async function following() {
  const watches = new ServiceWatches()
  const api = new ApiFixture(undefined, undefined, watches.beside)
  await api.start(objectsOf(THREE_NODES))
  const over = new AbortController()
  const changed = vi.fn()
  const pauses: number[] = []
  const options = {
    connect: () => connect({ kubeconfig: api.path, context: 'token', timeoutMs: 5000 }),
    changed,
    sleep: async (ms: number, signal: AbortSignal) => {
      pauses.push(ms)
      await sleep(5, undefined, { signal }).catch(() => {})
    },
  }
  const ended = followServices(options, over.signal)
  onTestFinished(async () => {
    over.abort()
    await ended
    await api.stop()
  })
  const asked = () => api.server.requests.map(({ url }) => url).filter((url) => url.startsWith('/api/v1/services'))
  const from = () =>
    asked().flatMap((url) =>
      url.includes('watch=1') ? [new URL(url, 'https://x').searchParams.get('resourceVersion')] : [],
    )
  const until = (is: () => boolean) => vi.waitFor(() => expect(is()).toBe(true), { timeout: 20_000, interval: 10 })
  await until(() => watches.count === 1)
  return { api, watches, changed, pauses, asked, from, until, over, ended }
}

describe('a watch of Services', () => {
  it('begins from the version of a list of one, and says that something may have changed before', async () => {
    const { changed, asked } = await following()
    expect(changed).toHaveBeenCalledTimes(1)
    expect(asked().map((url) => url.replace(/resourceVersion=\d+/, 'resourceVersion=N'))).toEqual([
      '/api/v1/services?limit=1',
      '/api/v1/services?watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=N',
    ])
  })

  it('says of each event that something changed, but not of a bookmark, and is resumed from the last of them', async () => {
    const { watches, changed, from, until } = await following()
    watches.send('MODIFIED')
    await until(() => changed.mock.calls.length === 2)
    const last = watches.send('BOOKMARK')
    await sleep(50)
    watches.cut()
    await until(() => watches.count === 1 && from().length === 2)
    expect(from()[1]).toBe(last)
    expect(changed).toHaveBeenCalledTimes(2)
  })

  it('begins again where the version is too old, and says that something may have been missed', async () => {
    const { watches, changed, asked, until } = await following()
    watches.send('ADDED')
    await until(() => changed.mock.calls.length === 2)
    watches.expire()
    await until(() => asked().filter((url) => url.includes('limit=1')).length > 1)
    await until(() => changed.mock.calls.length >= 3)
  })

  it('goes on trying, with pauses that grow, where it is refused, and is stopped at once', async () => {
    const { watches, pauses, until, over, ended } = await following()
    watches.isForbidden = true
    watches.cut()
    await until(() => pauses.length > 6)
    expect(pauses.slice(-2)).toEqual([30_000, 30_000])
    watches.isForbidden = false
    await until(() => watches.count === 1)
    over.abort()
    await ended
  })

  it('survives an API server that is gone, and takes no line without end', async () => {
    const { api, watches, pauses, until } = await following()
    await api.server.stop()
    await until(() => pauses.length > 3)
    expect(watches.count).toBe(0)
  })
})
