import { describe, expect, it } from 'vitest'
import type { ClusterView } from '../../../src/facts/cluster-view.js'
import { type Gap, known, unknown } from '../../../src/known.js'
import { WatchedCluster } from '../../../src/workflows/watch/cluster.js'

/** A cluster that takes `tookMs` to read, by a clock that runs as fast as it is waited for. */
class FakeCluster {
  readonly told: string[] = []
  readonly reads: number[] = []
  private isGone = false
  missing: Gap | null = null
  tookMs = 100
  changed: () => void = () => {}
  private at = 0
  private readonly plans: { readonly at: number; readonly run: () => void }[] = []
  private readonly over = new AbortController()
  private readonly watched = new WatchedCluster(
    {
      read: async () => {
        this.reads.push(Math.round(this.at / 1000))
        this.at += this.tookMs
        const view = this.isGone ? unknown('API server', 'gone') : known({} as ClusterView, 'fake')
        return { view, missing: this.missing }
      },
      follow: async (changed) => {
        this.changed = changed
      },
      clock: {
        now: () => this.at,
        sleep: async (ms) => {
          this.at += ms
          for (const plan of this.plans.splice(0))
            if (plan.at <= this.at) plan.run()
            else this.plans.push(plan)
        },
      },
    },
    {
      read: () => void this.told.push('read'),
      failed: ({ reason }) => void this.told.push(`failed: ${reason}`),
      worksAgain: () => void this.told.push('works again'),
    },
  )

  go(): void {
    this.isGone = true
  }

  comeBack(): void {
    this.isGone = false
  }

  async follow(seconds: number, ...plans: readonly (readonly [number, () => void])[]): Promise<void> {
    this.plans.push(...plans.map(([at, run]) => ({ at: at * 1000, run })))
    this.plans.push({ at: seconds * 1000, run: () => this.over.abort() })
    await this.watched.follow(this.over.signal)
  }
}

describe('a cluster that is watched', () => {
  it('is read each minute, and soon after something changed', async () => {
    const cluster = new FakeCluster()
    await cluster.follow(200, [70, () => cluster.changed()], [71, () => cluster.changed()])
    expect(cluster.reads).toEqual([0, 60, 70, 75, 135, 196])
  })

  it('is read less often where reading takes long, whatever changes', async () => {
    const cluster = new FakeCluster()
    cluster.tookMs = 2000
    const often = Array.from({ length: 100 }, (_, at) => [at, () => cluster.changed()] as const)
    await cluster.follow(100, ...often)
    expect(cluster.reads).toEqual([0, 40, 80])
  })

  it('that is gone for an hour is told of once, and once when it is back', async () => {
    const cluster = new FakeCluster()
    await cluster.follow(3900, [90, () => cluster.go()], [3700, () => cluster.comeBack()])
    expect(cluster.reads.length).toBeGreaterThan(60)
    expect(cluster.told.filter((one) => one !== 'read')).toEqual(['failed: gone', 'works again'])
  })

  it('that no answer comes from is read again each minute, however long each attempt waits', async () => {
    const cluster = new FakeCluster()
    const lose = () => {
      cluster.go()
      cluster.tookMs = 30_000
    }
    const regain = () => {
      cluster.comeBack()
      cluster.tookMs = 100
    }
    await cluster.follow(900, [90, lose], [600, regain])
    const waits = cluster.reads.map((at, place) => at - (cluster.reads[place - 1] ?? at))
    expect(Math.max(...waits)).toBeLessThan(100)
    expect(cluster.reads.find((at) => at >= 600)).toBeLessThan(700)
  })

  it('of which one kind of object cannot be read is told of once, and read on', async () => {
    const cluster = new FakeCluster()
    const lose = () => {
      cluster.missing = { subject: 'services', reason: 'etcdserver: request timed out', hint: '' }
    }
    const regain = () => {
      cluster.missing = null
    }
    await cluster.follow(400, [90, lose], [300, regain])
    expect(cluster.told.filter((one) => one !== 'read')).toEqual([
      'failed: etcdserver: request timed out',
      'works again',
    ])
    expect(cluster.told.filter((one) => one === 'read')).toHaveLength(7)
  })
})
