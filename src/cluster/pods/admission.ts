import { CannotLook } from '../../known.js'
import type { ApiClient } from '../api-connection.js'
import { text } from '../normalise/raw.js'
import { type Answer, askApi, podsPath, saidOf } from './pod-api.js'

/** Where deploy/vantage.yaml lets such pods be made. */
const OWN_NAMESPACE = 'l2doctor'

/** The first namespace where the API server would take the pod, by a dry run; nothing is made. Throws CannotLook. */
export async function namespaceFor(
  api: ApiClient,
  namespaces: readonly string[],
  pod: object,
  signal: AbortSignal,
): Promise<string> {
  const refusals: Refusal[] = []
  for (const namespace of new Set([OWN_NAMESPACE, ...namespaces, 'kube-system'])) {
    const request = { method: 'POST', path: `${podsPath(namespace)}?dryRun=All`, body: pod } as const
    const answer = await askApi(api, request, signal)
    if (answer.status === 201) return namespace
    refusals.push({ namespace, answer })
  }
  throw unanswered(api, refusals) ?? refused(refusals)
}

interface Refusal {
  readonly namespace: string
  readonly answer: Answer
}

/** A server in trouble, or a webhook that does not answer it, has refused nothing. */
function unanswered({ server }: ApiClient, all: readonly Refusal[]): CannotLook | null {
  const failed = all.find(({ answer: { status } }) => status === 429 || status >= 500)
  if (!failed) return null
  return new CannotLook({
    subject: `API server ${server}`,
    reason: `it could not be asked whether ${failed.namespace} takes a pod to look from: ${saidOf(failed.answer)}`,
    hint: 'see whether `kubectl get nodes` works from here, and its admission webhooks',
  })
}

/** What keeps from making one where admission might have let it: that is told first. */
function refused(all: readonly Refusal[]): CannotLook {
  const subject = 'pod to look from'
  const unauthorised = all.find(({ answer }) => answer.status === 401)
  if (unauthorised) {
    const reason = `the API server does not accept our credentials (${saidOf(unauthorised.answer)})`
    return new CannotLook({ subject, reason, hint: 'log in again: `kubectl auth whoami`' })
  }
  const there = all.filter(({ answer }) => answer.status !== 404)
  const decisive = there.filter((one) => !isRbac(one))
  if (decisive.length === 0) {
    const [{ answer, namespace } = { answer: null, namespace: '' }] = there
    const said = answer === null ? 'none of its namespaces is there' : saidOf(answer)
    return new CannotLook({ subject, reason: `you may not create it, as in ${namespace}: ${said}`, hint: GRANT })
  }
  const reasons = decisive.map(({ namespace, answer }) => `in ${namespace} ${saidOf(answer)}`)
  return new CannotLook({ subject, reason: `no namespace takes it: ${reasons.join('; ')}`, hint: MAKE_ONE })
}

const GRANT =
  'bind the role of deploy/vantage.yaml in the package of l2doctor: create, get, list and delete pods, get pods/log'
const MAKE_ONE = `make a namespace that does: kubectl apply -f deploy/vantage.yaml makes ${OWN_NAMESPACE}, with the label pod-security.kubernetes.io/enforce=privileged`

/** Role-based access control, not admission. */
function isRbac({ answer }: Refusal): boolean {
  return answer.status === 403 && /cannot create resource/.test(text(answer.body['message']))
}
