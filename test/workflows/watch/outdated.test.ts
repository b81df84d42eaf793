import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseMacMap } from '../../../src/cli/mac-map.js'
import { announcers } from '../../../src/cluster/announcers/registry.js'
import { viewCluster } from '../../../src/facts/cluster-view.js'
import { known } from '../../../src/known.js'
import { Observer } from '../../../src/observe/observer.js'
import { NO_NAMES } from '../../../src/report/addresses.js'
import { NOTHING_YET } from '../../../src/watch/model.js'
import { remember } from '../../../src/watch/remember.js'
import type { Look } from '../../../src/workflows/look.js'
import { judgeWindow } from '../../../src/workflows/watch/judge-window.js'
import type { Watched } from '../../../src/workflows/watch/model.js'
import { withOutdatedCluster } from '../../../src/workflows/watch/outdated.js'
import { clusterOf } from '../../cluster/read-yaml.js'
import { traceToPcap } from '../../trace.js'

const RULES = 'fixtures/rules'
const VIP = 0x0a4d00f0

/** A capture that has been read. */
const LOOK = {
  source: { source: { kind: 'live', name: 'eth0', engine: 'socket' } },
  own: { macs: [0x020000000001], ips: [0x0a4d0064] },
  work: null,
  conditions: () => ({ clock: 'kernel', dropped: 0, promiscuityChanged: false }),
} as unknown as Look

function watchedOf(fixture: string): Watched {
  const text = (name: string) => readFileSync(join(RULES, fixture, name), 'utf8')
  const view = known(viewCluster(clusterOf(text('cluster.yaml')), announcers), 'the API server')
  const owners = parseMacMap(text('macs.txt'), 'macs.txt')
  return {
    ...{ vips: [VIP], file: null, suppressions: [], isOfCluster: false },
    context: { view, unasked: null, owners, gaps: [] },
  }
}

async function judged(watched: Watched, fixture: string) {
  const observer = new Observer({ asked: [VIP], allAddresses: false })
  observer.push(traceToPcap(readFileSync(join(RULES, fixture, 'trace.txt'), 'utf8')))
  const wire = known(observer.finish(), 'eth0')
  const seen = { look: LOOK, wire, owners: [], doubts: [], gaps: [] }
  return judgeWindow(
    {
      number: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
      vips: [VIP],
      unaskable: [],
      seen,
      asked: 'all',
      isWhole: true,
      isCutOff: false,
    },
    watched,
    { names: { ...NO_NAMES, vendor: () => null }, now: () => new Date('2026-01-01T00:01:00Z'), version: '0' },
    new AbortController().signal,
  )
}

describe('a window of which the API server said nothing since', () => {
  it.each([
    ['announcer/silent-node', 'announcer/silent-node/fires-lease-held'],
    ['kube-vip/stale-vip', 'kube-vip/stale-vip/fires-answers-beside'],
  ])('accuses nobody by a lease that was read before: %s', async (rule, fixture) => {
    const watched = watchedOf(fixture)
    const fresh = await judged(watched, fixture)
    expect(fresh.findings.map((one) => one.rule)).toContain(rule)
    const outdated = await judged(withOutdatedCluster(watched), fixture)
    expect(outdated.findings.filter((one) => !one.rule.startsWith('wire/'))).toEqual([])
    expect(outdated.skipped).toContainEqual({ rule, because: expect.stringMatching(/^cluster: it could not be read/) })
    expect(outdated.addresses.map(({ service }) => service)).toEqual(fresh.addresses.map(({ service }) => service))
  })

  it('ends no finding either that objects had shown', async () => {
    const fixture = 'announcer/silent-node/fires-lease-held'
    const watched = watchedOf(fixture)
    const told = { endedAt: '2026-01-01T00:01:00.000Z', vips: new Set(['10.77.0.240']), unseen: null, asked: true }
    let memory = NOTHING_YET
    for (const by of [watched, ...Array(3).fill(withOutdatedCluster(watched))]) {
      const next = remember(memory, { ...told, report: await judged(by, fixture), answeredAt: new Map() })
      memory = next.memory
      expect(next.changes.filter(({ event }) => event === 'finding-ended')).toEqual([])
    }
    expect([...memory.findings.values()].map(({ finding }) => finding.rule)).toContain('announcer/silent-node')
  })
})
