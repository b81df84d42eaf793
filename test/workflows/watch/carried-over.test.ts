import { expect, it, onTestFinished } from 'vitest'
import { announcers } from '../../../src/cluster/announcers/registry.js'
import { viewCluster } from '../../../src/facts/cluster-view.js'
import { formatIp } from '../../../src/wire/ip.js'
import { vipsOfCluster } from '../../../src/workflows/scan-vips.js'
import { carriedOver } from '../../../src/workflows/watch/carried-over.js'
import { ApiFixture, objectsOf, THREE_NODES } from '../../cluster/api-fixture.js'

const ALL = ['10.77.0.5', '10.77.0.240', '10.77.0.241']

async function site() {
  const api = new ApiFixture()
  await api.start(objectsOf(THREE_NODES))
  onTestFinished(() => api.stop())
  return api
}

it.each(['services', 'nodes', 'pods', 'daemonsets'])(
  'no address goes where the API server cannot list %s',
  async (kind) => {
    const api = await site()
    const before = await api.read()
    api.server.fail(kind, 'fails')
    const { cluster, missing } = carriedOver(before, await api.read())
    expect(vipsOfCluster(viewCluster(cluster, announcers)).map(formatIp)).toEqual(ALL)
    expect(missing?.reason).toContain('etcdserver: request timed out')
  },
)

it('what was read, or could not be read before either, is as it is now', async () => {
  const api = await site()
  const whole = await api.read()
  expect(carriedOver(null, whole)).toEqual({ cluster: whole, kinds: [], missing: null })
  api.server.fail('services', 'fails')
  const part = await api.read()
  expect(carriedOver(part, part)).toMatchObject({ kinds: [], missing: null })
  const empty = { ...whole, services: { ...whole.services, value: [] } }
  expect(carriedOver(whole, empty as typeof whole)).toEqual({ cluster: empty, kinds: [], missing: null })
})

it('a status that could not be read is not taken for one that still holds', async () => {
  const api = await site()
  const before = await api.read()
  api.server.fail('servicel2statuses', 'fails')
  const now = await api.read()
  expect(carriedOver(before, now)).toEqual({ cluster: now, kinds: [], missing: null })
})
