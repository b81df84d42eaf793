import { parseBoundedJson } from '../../bounded-json.js'
import { CannotLook } from '../../known.js'
import { theirs } from '../../theirs.js'
import { type ApiClient, ApiFailure, type ApiRequest } from '../api-connection.js'
import { type Raw, record, text } from '../normalise/raw.js'

/** What the API server said: an object, or a Status with its message. */
export interface Answer {
  readonly status: number
  readonly body: Raw
}

/** A pod has some kilobytes. */
const MOST_BYTES = 4 * 1024 * 1024

/** Asks for one object. Throws CannotLook where no answer comes. */
export async function askApi(api: ApiClient, request: ApiRequest, signal: AbortSignal): Promise<Answer> {
  const pieces: Buffer[] = []
  let bytes = 0
  const status = await answered(api, request, signal, (piece) => {
    bytes += piece.length
    if (bytes <= MOST_BYTES) pieces.push(piece)
  })
  return { status, body: jsonOf(Buffer.concat(pieces).toString()) }
}

/** Follows an answer of any length; resolves with the status once it has ended. Throws CannotLook where none comes. */
export async function answered(
  api: ApiClient,
  request: ApiRequest,
  signal: AbortSignal,
  take: (piece: Buffer) => void,
): Promise<number> {
  try {
    return await api.ask(request, signal, take)
  } catch (cause) {
    if (!(cause instanceof ApiFailure)) throw cause
    const hint = 'see whether `kubectl get nodes` works from here; --kube-timeout waits longer'
    throw new CannotLook({ subject: `API server ${api.server}`, reason: cause.message, hint }, { cause })
  }
}

/** For a request whose answer is needed also when the run is being ended. */
export const NEVER = new AbortController().signal

/** Removes a pod, also when the run is being ended. Answers with why it is still there; null: it is gone, or will be. */
export async function removal(api: ApiClient, request: ApiRequest): Promise<string | null> {
  try {
    const answer = await askApi(api, request, NEVER)
    // 409: another pod has that name now
    return [200, 202, 404, 409].includes(answer.status) ? null : saidOf(answer)
  } catch (error) {
    if (error instanceof CannotLook) return error.gap.reason
    throw error
  }
}

/** Where the API has the pods of a namespace, or one of them. */
export function podsPath(namespace: string, name?: string): string {
  const all = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  return name === undefined ? all : `${all}/${encodeURIComponent(name)}`
}

/** `it says "…" (403)`, without the name that the API had just given to the pod. */
export function saidOf({ status, body }: Answer): string {
  const message = text(body['message']).replace(/^pods "[^"]*" is forbidden: /, '')
  return message === '' ? `it answered ${status}` : `it says ${theirs(message)} (${status})`
}

function jsonOf(said: string): Raw {
  try {
    return record(parseBoundedJson(said))
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) return { message: said.slice(0, 500) }
    throw cause
  }
}
