import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { connect } from '../../../src/cluster/kubernetes.js'
import { SegmentLease } from '../../../src/cluster/segment-lease.js'
import type { Standing } from '../../../src/watch/say.js'
import type { Ip } from '../../../src/wire/ip.js'
import { Asker } from '../../../src/workflows/watch/asker.js'
import { electByTwoLeases } from '../../../src/workflows/watch/two-leases.js'
import { ApiFixture } from '../../cluster/api-fixture.js'
import { Leases } from '../../cluster/stand-in/leases.js'

const NAME = 'l2doctor-watch-10-77-0-0-24'
/** The clock of those that wait runs faster: 15 s are a third of a second. */
const FASTER = 45

async function site() {
  const leases = new Leases()
  const api = new ApiFixture(undefined, undefined, leases.beside)
  await api.start([])
  onTestFinished(() => api.stop())
  const clock = {
    now: () => performance.now() * FASTER,
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {}),
  }
  /** A watch on a machine that holds these addresses. */
  return (identity: string, holds: readonly Ip[]) => {
    const [over, told] = [new AbortController(), [] as Standing[]]
    const options = { namespace: 'l2doctor', identity, durationS: 15, everyMs: 20, clock }
    const asker = new Asker((segment, candidate, signal) =>
      electByTwoLeases(
        segment,
        candidate,
        (making) =>
          new SegmentLease({
            ...options,
            ...making,
            connect: () => connect({ kubeconfig: api.path, context: 'token', timeoutMs: 5000 }),
          }),
        signal,
      ),
    )
    asker.unjudged = holds
    asker.start(NAME, (note) => void (note.event === 'asker' && told.push(note.standing)), over.signal)
    const stop = async () => {
      over.abort()
      await asker.ended
    }
    onTestFinished(stop)
    return { asker, told, stop, is: () => told.at(-1)?.is }
  }
}

const until = (is: () => boolean) => vi.waitFor(() => expect(is()).toBe(true), { timeout: 20_000, interval: 10 })
const asks = (part: Asker['part']) => (typeof part === 'string' ? part : [...part])

it('of three watches one asks for all, another for what that one holds, and the third takes the place of either', async () => {
  const candidate = await site()
  const all = [1, 2, 3].map((at) => candidate(`node-${at}`, [at]))
  const of = (standing: Standing['is']) => all.filter((one) => one.is() === standing)
  const isSettled = (followers: number) =>
    of('holder').length === 1 && of('second').length === 1 && of('follower').length === followers
  await until(() => isSettled(1))
  const [[first], [second], [third]] = [of('holder'), of('second'), of('follower')]
  const held = first!.asker.unjudged
  await until(() => asks(second!.asker.part).toString() === held.toString())
  expect([asks(first!.asker.part), asks(third!.asker.part)]).toEqual(['all', 'none'])

  first!.asker.unjudged = [...held, 9]
  await until(() => asks(second!.asker.part).toString() === [...held, 9].toString())

  await first!.stop()
  all.splice(all.indexOf(first!), 1)
  await until(() => isSettled(0))
  const [[next], [left]] = [of('holder'), of('second')]
  await until(() => asks(left!.asker.part).toString() === next!.asker.unjudged.toString())
})
