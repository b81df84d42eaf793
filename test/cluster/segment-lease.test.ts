import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { connect } from '../../src/cluster/kubernetes.js'
import { type LeaseOptions, SegmentLease, type Standing } from '../../src/cluster/segment-lease.js'
import { ApiFixture } from './api-fixture.js'
import { Leases } from './stand-in/leases.js'

const NAME = 'l2doctor-watch-10-77-0-0-24'
/** The clock of those that wait runs faster: 15 s are a third of a second. */
const FASTER = 45

async function site() {
  const leases = new Leases()
  const api = new ApiFixture(undefined, undefined, leases.beside)
  await api.start([])
  onTestFinished(() => api.stop())
  const candidate = (identity: string, faster = FASTER, more: Partial<LeaseOptions> = {}) => {
    const [over, told] = [new AbortController(), [] as Standing[]]
    const lease = new SegmentLease({
      connect: () => connect({ kubeconfig: api.path, context: 'token', timeoutMs: 5000 }),
      namespace: 'l2doctor',
      name: NAME,
      identity,
      durationS: 15,
      everyMs: 20,
      clock: {
        now: () => performance.now() * faster,
        sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
      },
      told: (standing) => void told.push(standing),
      ...more,
    })
    const ended = lease.run(over.signal)
    const stop = async () => {
      over.abort()
      await ended
    }
    onTestFinished(stop)
    return { told, stop, is: () => told.at(-1)?.is }
  }
  return { api, leases, candidate }
}

const until = (is: () => boolean) => vi.waitFor(() => expect(is()).toBe(true), { timeout: 20_000, interval: 10 })

describe('the Lease of a segment', () => {
  it('is held by one of three, and by another as soon as that one gives it up', async () => {
    const { leases, candidate } = await site()
    const all = ['a', 'b', 'c'].map((name) => candidate(name))
    const holders = () => all.filter((one) => one.is() === 'holder')
    await until(() => all.every((one) => one.is() !== undefined) && holders().length === 1)
    const [first] = holders()
    await first!.stop()
    await until(() => all.filter((one) => one !== first && one.is() === 'holder').length === 1)
    expect(leases.transitions(NAME)).toBeGreaterThan(0)
  })

  it('of a holder that is dead is taken after its duration, by one', async () => {
    const { leases, candidate } = await site()
    leases.set(NAME, 'dead')
    const begun = performance.now()
    const [one, other] = [candidate('a'), candidate('b')]
    await until(() => one.is() === 'follower' && other.is() === 'follower')
    expect(one.told[0]).toEqual({ is: 'follower', of: 'dead' })
    await until(() => [one, other].filter((each) => each.is() === 'holder').length === 1)
    expect((performance.now() - begun) * FASTER).toBeGreaterThan(15_000)
    await sleep(100)
    expect([one.is(), other.is()].sort()).toEqual(['follower', 'holder'])
  })

  it('that says it lasts for ever is taken all the same', async () => {
    const { leases, candidate } = await site()
    leases.set(NAME, 'dead', 1e9)
    const one = candidate('a')
    await until(() => one.is() === 'holder')
  })

  it('that was stolen is given up, and not fought for while the thief renews it', async () => {
    const { leases, candidate } = await site()
    const one = candidate('a')
    await until(() => one.is() === 'holder')
    leases.set(NAME, 'thief')
    await until(() => one.is() === 'follower')
    expect(leases.holder(NAME)).toBe('thief')
  })

  it('keeps what its holder notes beside it, for the others, and what nobody of us wrote', async () => {
    const { leases, candidate } = await site()
    leases.set(NAME, '', 15, { 'example.org/theirs': 'x' })
    let note: string | null = '10.0.0.240'
    const one = candidate('a', FASTER, { note: () => note })
    await until(() => one.is() === 'holder')
    const noted: string[] = []
    candidate('b', FASTER, { noted: (text) => noted.push(text) })
    await until(() => noted.at(-1) === '10.0.0.240')
    note = null
    await until(() => noted.at(-1) === '')
    expect(leases.annotations(NAME)).toEqual({ 'example.org/theirs': 'x' })
  })

  it('that is not wanted is not taken, and is given up when it is not wanted any more', async () => {
    const { leases, candidate } = await site()
    let wants = false
    const one = candidate('a', FASTER, { wants: () => wants })
    await sleep(100)
    expect(leases.holder(NAME)).toBeUndefined()
    wants = true
    await until(() => one.is() === 'holder')
    wants = false
    await until(() => one.is() === 'follower' && leases.holder(NAME) === '')
  })

  it('that may not be written is said to be refused, and why', async () => {
    const { leases, candidate } = await site()
    leases.isForbidden = true
    const one = candidate('a')
    await until(() => one.is() === 'refused')
    expect(one.told[0]).toMatchObject({ why: expect.stringMatching(/is forbidden: .*\(403\)$/) })
    leases.isForbidden = false
    await until(() => one.is() === 'holder')
  })

  it('that others write to as well stays with its holder, and is said once to be held', async () => {
    const { leases, candidate } = await site()
    const one = candidate('a')
    await until(() => one.is() === 'holder')
    leases.isContended = true
    await sleep(300)
    leases.isContended = false
    await sleep(100)
    expect([leases.holder(NAME), one.told]).toEqual(['a', [{ is: 'holder' }]])
  })

  it.each([-1, 0, 'x', null])('that says it lasts %s is not taken from one that holds it', async (lasts) => {
    const { api, leases, candidate } = await site()
    leases.set(NAME, 'holder', lasts as number)
    const one = candidate('a', 1)
    await until(() => one.is() === 'follower')
    const looks = api.server.requests.length
    await until(() => api.server.requests.length > looks + 5)
    expect([leases.holder(NAME), one.is()]).toEqual(['holder', 'follower'])
  })

  it.each([
    ['fails', { status: 500, body: { message: 'etcdserver: request timed out' } }],
    ['answers with what is no object', { status: 400, body: ['x'] }],
  ])('of an API server that %s from the start is asked without, which is said once', async (_, answer) => {
    const { leases, candidate } = await site()
    leases.always = answer
    const one = candidate('a')
    await until(() => one.is() === 'refused')
    await sleep(100)
    expect(one.told).toHaveLength(1)
    leases.always = null
    await until(() => one.is() === 'holder')
  })

  it('that was deleted is made again by its holder', async () => {
    const { leases, candidate } = await site()
    const one = candidate('a')
    await until(() => one.is() === 'holder')
    leases.remove(NAME)
    await until(() => leases.holder(NAME) === 'a')
    expect(one.told).toEqual([{ is: 'holder' }])
  })

  it("is nobody else's while no API server answers", async () => {
    const { api, candidate } = await site()
    const one = candidate('a')
    await until(() => one.is() === 'holder')
    await api.server.stop()
    await sleep(500)
    expect(one.is()).toBe('holder')
  })
})
