import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '../../src/cluster/kubernetes.js'
import { ApiFixture } from './api-fixture.js'

const LASTING = 20

let fixture: ApiFixture
beforeAll(async () => {
  fixture = new ApiFixture()
  await fixture.start([])
})
afterAll(() => fixture?.stop())

it('answers that last, as of logs that are followed, keep no other one waiting', async () => {
  fixture.server.fail('pods', 'never-answers')
  const api = await connect({ kubeconfig: fixture.path, context: 'token', timeoutMs: 5000 })
  const end = new AbortController()
  const logs = Array.from({ length: LASTING }, () => api.get('/api/v1/pods', end.signal, () => {}))
  const ended = Promise.allSettled(logs)
  expect(await api.get('/api/v1/nodes', end.signal, () => {})).toBe(200)
  end.abort()
  expect((await ended).map(({ status }) => status)).toEqual(Array(LASTING).fill('rejected'))
  api.close()
})
