import { expect, it } from 'vitest'
import { namespaceFor } from '../../../src/cluster/pods/admission.js'
import { CannotLook } from '../../../src/known.js'
import { fakeApi } from './fake-api.js'

type Answers = Readonly<Record<string, readonly [status: number, message: string]>>

/** Which namespace is chosen of l2doctor, metallb-system and kube-system, or why none is. */
async function chosen(answers: Answers) {
  const api = fakeApi(({ path }) => {
    const [, namespace = ''] = /namespaces\/([^/]+)/.exec(path) ?? []
    const [status, message] = answers[namespace] ?? [404, `namespaces "${namespace}" not found`]
    return [status, { message }]
  })
  try {
    return await namespaceFor(api, ['metallb-system'], {}, new AbortController().signal)
  } catch (error) {
    if (error instanceof CannotLook) return error.gap
    throw error
  }
}

const DENIED = 'admission webhook "validate.kyverno.svc-fail" denied the request: hostNetwork'
const DOWN = 'Internal error occurred: failed calling webhook "a.example": no endpoints available'

it('a namespace where a webhook denies the pod is passed over, whatever the status', async () => {
  expect(await chosen({ l2doctor: [400, DENIED], 'metallb-system': [403, DENIED], 'kube-system': [201, ''] })).toBe(
    'kube-system',
  )
})

it('where all deny it, each says so', async () => {
  expect(await chosen({ l2doctor: [400, DENIED], 'kube-system': [403, 'violates PodSecurity'] })).toMatchObject({
    subject: 'pod to look from',
    reason: expect.stringMatching(/^no namespace takes it: in l2doctor it says ".*denied.*" \(400\); in kube-system/),
  })
})

it.each([
  [500, DOWN],
  [503, 'the server is currently unable to handle the request'],
  [429, 'too many requests'],
])('an answer %i is trouble of the API server, and no refusal', async (status, message) => {
  expect(await chosen({ 'kube-system': [status, message] })).toMatchObject({
    subject: 'API server https://fake.example:6443',
    reason: expect.stringContaining(`whether kube-system takes a pod to look from: it says "`),
    hint: expect.stringContaining('kubectl get nodes'),
  })
})
