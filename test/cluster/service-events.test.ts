import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { connect } from '../../src/cluster/kubernetes.js'
import { type ServiceEvent, ServiceEvents } from '../../src/cluster/service-events.js'
import { ApiFixture } from './api-fixture.js'
import { StandInEvents } from './stand-in/events.js'

const BEGUN = Date.parse('2026-01-01T00:00:00Z')
const [SECOND, MINUTE] = [1000, 60_000]

function about(name: string, namespace = 'shop', uid: string | null = `uid-of-${name}`): ServiceEvent {
  const note = 'More than one machine answers for the same address: 10.0.0.240 [wire/duplicate-responders]'
  return { service: { namespace, name, uid }, reason: 'WireDuplicateResponders', note }
}

/** A cluster, watches that write to it through real connections, and a clock that goes when the test says so. */
async function site() {
  const events = new StandInEvents()
  const api = new ApiFixture(undefined, undefined, events.beside)
  await api.start([])
  onTestFinished(() => api.stop())
  const [time, cluster] = [{ ms: 0 }, { readings: 1, user: 'token' }]
  const watch = (instance = 'node-a') => {
    const [told, over] = [[] as string[], new AbortController()]
    let open = 0
    const close = () => {
      open -= 1
    }
    const opened = async () => {
      open += 1
      const client = await connect({ kubeconfig: api.path, context: cluster.user, timeoutMs: 5000 })
      const closed = () => {
        close()
        client.close()
      }
      return { ...client, close: closed }
    }
    const writer = new ServiceEvents({
      connect: opened,
      instance,
      readings: () => cluster.readings,
      clock: { now: () => time.ms, date: () => new Date(BEGUN + time.ms) },
      told: { failed: (reason) => void told.push(reason), worksAgain: () => void told.push('works again') },
    })
    const ended = writer.run(over.signal)
    const stop = async () => {
      over.abort()
      await ended
    }
    onTestFinished(stop)
    /** What is asked of the API server for a window that has found these. */
    const window = async (...offered: ServiceEvent[]) => {
      const before = api.server.requests.length
      writer.offer(offered)
      await turn()
      await vi.waitFor(() => expect(open).toBe(0), { timeout: 20_000, interval: 2 })
      return api.server.requests.slice(before).map(({ method }) => method)
    }
    return { told, window, stop }
  }
  const pass = (ms: number) => {
    time.ms += ms
  }
  return { api, events, cluster, watch, pass }
}

it('writes one Event, and at most each 6 min again in its series, of what stands in each window', async () => {
  const { events, watch, pass } = await site()
  const { window, told } = watch()
  const asked: string[][] = []
  for (let minute = 0; minute < 20; minute += 1) {
    asked.push(await window(about('web')))
    pass(MINUTE)
  }
  const expected = asked.map((_, at) => (at === 0 ? ['GET', 'POST'] : at % 6 === 0 ? ['GET', 'PATCH'] : []))
  expect(asked).toEqual(expected)
  const [event, ...rest] = [...events.all.values()]
  expect(rest).toEqual([])
  expect(event).toMatchObject({
    eventTime: '2026-01-01T00:00:00.000000Z',
    series: { count: 4, lastObservedTime: '2026-01-01T00:18:00.000000Z' },
    reportingController: 'l2doctor',
    reportingInstance: 'node-a',
    action: 'Observe',
    reason: 'WireDuplicateResponders',
    type: 'Warning',
    regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid: 'uid-of-web' },
    note: about('web').note,
  })
  expect([events.refusals, told]).toEqual([[], []])
})

it('has no series at first, and begins with a new Event where the old one has expired', async () => {
  const { events, watch, pass } = await site()
  const { window } = watch()
  await window(about('web'))
  expect([...events.all.values()][0]).not.toHaveProperty('series')
  pass(30 * MINUTE)
  await window(about('web'))
  expect([...events.all.values()][0]?.series?.count).toBe(2)
  events.all.clear()
  pass(61 * MINUTE)
  await window(about('web'))
  expect(events.writes).toEqual(['POST shop', 'PATCH shop', 'POST shop'])
  expect([...events.all.values()][0]).not.toHaveProperty('series')
})

it('begins with a new Event where the old one expires between two requests', async () => {
  const { events, watch, pass } = await site()
  const { window } = watch()
  await window(about('web'))
  pass(7 * MINUTE)
  events.expiresBeforePatch = true
  expect(await window(about('web'))).toEqual(['GET', 'PATCH', 'POST'])
  expect(events.writes).toEqual(['POST shop', 'POST shop'])
})

it('is one Event of two watches, and of the one that is started after another has ended', async () => {
  const { events, watch, pass } = await site()
  const [one, other] = [watch(), watch('node-b')]
  for (let minute = 0; minute < 13; minute += 1) {
    await Promise.all([one.window(about('web')), other.window(about('web'))])
    pass(MINUTE)
  }
  expect(events.writes).toHaveLength(3)
  await one.stop()
  const next = watch()
  expect(await next.window(about('web'))).toEqual(['GET'])
  expect([...events.all.values()].map(({ series }) => series?.count)).toEqual([3])
  expect([...one.told, ...other.told, ...next.told]).toEqual([])
})

it('is another Event for another Service, another finding, and a Service that was made again', async () => {
  const { events, watch } = await site()
  const { window } = watch()
  const other = { ...about('web'), reason: 'WireFlipFlop', note: 'other' }
  await window(about('web'), about('api'), other, about('web', 'default'), about('web', 'shop', 'another'))
  expect(events.all.size).toBe(5)
  expect(events.refusals).toEqual([])
})

it('says once that it may not write, with the next step, and tries again when the objects were read again', async () => {
  const { events, cluster, watch, pass } = await site()
  const { window, told } = watch()
  events.forbidden.add('shop')
  expect(await window(about('web'), about('api'), about('web', 'default'))).toEqual(['GET', 'POST', 'GET', 'POST'])
  expect(events.writes).toEqual(['POST default'])
  expect(await window(about('web'))).toEqual([])
  for (let minute = 0; minute < 20; minute += 1) {
    pass(MINUTE)
    cluster.readings += 1
    await window(about('web'), about('web', 'default'))
  }
  expect(events.refusals).toHaveLength(21)
  expect(told).toEqual([
    expect.stringMatching(/cannot create .*\(403\); apply deploy\/rbac-watch\.yaml, or leave out --events$/),
  ])
  events.forbidden.clear()
  cluster.readings += 1
  await window(about('web'))
  expect(told.slice(1)).toEqual(['works again'])
  expect(events.writes.at(-1)).toBe('POST shop')
})

it('leaves it to who reads the objects to say that the API server is gone, and says it once where they can be read', async () => {
  const { events, cluster, watch, pass } = await site()
  const { window, told } = watch()
  cluster.user = 'stranger'
  for (let minute = 0; minute < 5; minute += 1) {
    await window(about('web'), about('api'))
    pass(MINUTE)
  }
  expect(told).toEqual([])
  cluster.user = 'token'
  cluster.readings += 1
  await window(about('web'))
  expect([told, events.writes]).toEqual([[], ['POST shop']])

  events.fails = 500
  for (let minute = 0; minute < 20; minute += 1) {
    cluster.readings += 1
    await window(about('api'))
    pass(MINUTE)
  }
  expect(told).toEqual([expect.stringContaining('etcdserver: request timed out" (500)')])
  events.fails = null
  await window(about('api'))
  expect(told.slice(1)).toEqual(['works again'])
})

it('holds no more than 200 at a time, and writes the others after later windows', async () => {
  const { events, watch, pass } = await site()
  const { window } = watch()
  const all = Array.from({ length: 450 }, (_, at) => about(`web-${at}`))
  const written: number[] = []
  for (let again = 0; again < 4; again += 1) {
    await window(...all)
    written.push(events.writes.length)
    pass(SECOND)
  }
  expect(written).toEqual([200, 400, 450, 450])
})

it('says nothing of a Service that goes with its namespace', async () => {
  const { events, watch, pass } = await site()
  const { window, told } = watch()
  events.terminating.add('shop')
  await window(about('web'))
  pass(MINUTE)
  expect(await window(about('web'))).toEqual([])
  expect(told).toEqual([])
})

it('says once what else the API server has against one of them, and writes the others', async () => {
  const { events, watch, pass } = await site()
  const { window, told } = watch()
  const long = { ...about('web'), note: 'x'.repeat(1025) }
  await window(long, about('api'))
  for (let minute = 0; minute < 30; minute += 1) {
    pass(MINUTE)
    await window(long, about('api'))
  }
  expect(told).toEqual([expect.stringContaining('can have at most 1024 characters')])
  expect(events.writes).toHaveLength(6)
})
