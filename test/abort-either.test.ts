import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { abortEither } from '../src/abort-either.js'
import { getPieces } from '../src/cluster/get-pieces.js'
import { readCluster } from '../src/cluster/read-cluster.js'

/** What others have left at a signal: listeners, and what Node keeps of signals that depend on it. */
function leftAt(signal: AbortSignal): number {
  const kept = Object.getOwnPropertySymbols(signal).map((one): { size?: unknown } | undefined => (signal as never)[one])
  const sizes = kept.map((one) => (typeof one?.size === 'number' ? one.size : 0))
  return sizes.reduce((sum, size) => sum + size, getEventListeners(signal, 'abort').length)
}

it('aborts with either, for its reason, also with one that was aborted before', async () => {
  const [one, other] = [new AbortController(), new AbortController()]
  const reasonOf = (signals: readonly AbortSignal[], then: () => void) =>
    abortEither(signals, async (signal) => {
      then()
      return [signal.aborted, signal.reason]
    })
  const both = [one.signal, other.signal]
  expect(await reasonOf(both, () => {})).toEqual([false, undefined])
  expect(await reasonOf(both, () => other.abort('late'))).toEqual([true, 'late'])
  expect(await reasonOf(both, () => {})).toEqual([true, 'late'])
})

it('what asks an API server leaves nothing at the signal of a run that lasts', async () => {
  const server = createServer((_, response) => response.end('{"items": []}')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((done) => server.once('listening', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const run = new AbortController()
  const get = (path: string, signal: AbortSignal, take: (piece: Buffer) => void) =>
    getPieces(`${url}${path}`, {}, 5000, signal, take)
  expect(await get('/', run.signal, () => {})).toBe(200)
  const options = { now: () => new Date(), concurrency: 2, interrupted: run.signal, mostMs: 60_000 }
  const { nodes } = await readCluster({ server: url, get, close: () => {} }, options)
  expect([nodes.known, leftAt(run.signal)]).toEqual([true, 0])
})
