import { request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import { abortEither } from '../abort-either.js'
import { ApiFailure, type TakePiece } from './api-connection.js'

/** One request, answered by its status; the body is handed over as it comes. The deadline covers the whole answer, not only its start. */
export async function getPieces(
  url: string,
  options: RequestOptions,
  timeoutMs: number,
  signal: AbortSignal,
  take: TakePiece,
  body?: string,
): Promise<number> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await abortEither([signal, deadline], (either) => exchange(url, { ...options, signal: either }, take, body))
  } catch (cause) {
    signal.throwIfAborted()
    if (deadline.aborted) throw new ApiFailure('timeout', `no whole answer within ${timeoutMs / 1000} s`, { cause })
    if (cause instanceof ApiFailure) throw cause
    // a header that cannot be sent, such as a token with a line break
    throw new ApiFailure('unreachable', (cause as Error).message, { cause })
  }
}

function exchange(url: string, options: RequestOptions, take: TakePiece, body?: string): Promise<number> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const fail = (cause: Error) =>
        reject(new ApiFailure('broken', `the answer broke off: ${cause.message}`, { cause }))
      response.on('data', take)
      response.on('error', fail)
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', (cause) => reject(new ApiFailure('unreachable', cause.message || String(cause), { cause })))
    sent.end(body)
  })
}
