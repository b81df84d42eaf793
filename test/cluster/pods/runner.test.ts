import { expect, it } from 'vitest'
import { ApiFailure, type ApiRequest } from '../../../src/cluster/api-connection.js'
import { podRunner } from '../../../src/cluster/pods/runner.js'
import { CannotLook, type Gap } from '../../../src/known.js'
import { fakeApi } from './fake-api.js'

const TASK = { node: 'node-a', command: ['true'], seconds: 60 }
const LOG = { take: () => {}, restart: () => {}, isComplete: () => true }
const isCreate = ({ method, path }: ApiRequest) => method === 'POST' && !path.includes('dryRun')
const NO_ANSWER = 'no whole answer within 15 s'

/** A run against a server that answers no request to make a pod; `onPost`: what happens meanwhile. */
async function unanswered(signal: AbortSignal, onPost: () => void = () => {}) {
  const gaps: Gap[] = []
  const api = fakeApi((request) => {
    if (request.path.includes('/nodes?')) return [403, {}]
    if (!isCreate(request)) return [201, {}]
    onPost()
    throw new ApiFailure('timeout', NO_ANSWER)
  })
  const runner = podRunner(async () => api, { image: 'fake:1', namespaces: [], startMs: 60_000 })
  const end = await runner
    .run('node-a', TASK, signal, LOG, (gap) => gaps.push(gap))
    .catch((error) => (error instanceof CannotLook ? error.gap : Promise.reject(error)))
  return { end, gaps }
}

const MAY_BE_LEFT = {
  subject: 'pods of l2doctor in l2doctor',
  reason: `one may have been made: ${NO_ANSWER}; its container ends by its deadline`,
  hint: 'l2doctor vantage --cleanup --namespace l2doctor',
}

it('a request to make a pod that was not answered may have made one: it is said with the command that removes it', async () => {
  const { end, gaps } = await unanswered(new AbortController().signal)
  expect([end, gaps]).toMatchObject([{ reason: NO_ANSWER }, [MAY_BE_LEFT]])
})

it('also where the run was interrupted meanwhile', async () => {
  const interrupt = new AbortController()
  expect(await unanswered(interrupt.signal, () => interrupt.abort())).toEqual({ end: null, gaps: [MAY_BE_LEFT] })
})

it('one that was interrupted before there was a pod has no end, and no error', async () => {
  expect(await unanswered(AbortSignal.abort())).toEqual({ end: null, gaps: [] })
})
