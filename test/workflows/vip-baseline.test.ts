import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { narrowTo, viewCluster } from '../../src/facts/cluster-view.js'
import { known } from '../../src/known.js'
import { bindingsNow, compareBindings, concerning } from '../../src/workflows/vip-baseline.js'
import { clusterOf } from '../cluster/read-yaml.js'

const cluster = clusterOf(readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8'))
const WHOLE = viewCluster(cluster, announcers)

function narrowed(ip: string) {
  return viewCluster(narrowTo([ip], cluster), announcers, cluster)
}

/** What a run about one address compares with a baseline of all Services. */
async function compared(ip: string, change: (ips: readonly string[]) => readonly string[] = (ips) => ips) {
  const before = bindingsNow(known(WHOLE, 'fixture'))
  if (!before.known) throw new Error('no Services')
  const bindings = before.value.bindings.map((one) =>
    one.service === 'default/web' ? { ...one, ips: change(one.ips) } : one,
  )
  const store = {
    name: 'a baseline',
    read: async () => ({ at: '2026-01-01T00:00:00Z', bindings }),
    write: async () => {},
  }
  const view = narrowed(ip)
  const facts = await compareBindings(store, bindingsNow(known(view, 'fixture')))
  if (!facts.known) throw new Error('nothing to compare')
  const { previous, current } = concerning([ip], view, facts.value)
  return [previous, current].map((some) => some.map(({ service, ips }) => `${service} ${ips.join(' ')}`))
}

it('compares the Services that have an address that was asked for, and calls no other one gone', async () => {
  expect(await compared('10.77.0.240')).toEqual([['default/web 10.77.0.240'], ['default/web 10.77.0.240']])
})

it('compares the Service that had an address that was asked for with what it has now', async () => {
  expect(await compared('10.77.0.249', () => ['10.77.0.249'])).toEqual([
    ['default/web 10.77.0.249'],
    ['default/web 10.77.0.240'],
  ])
})
