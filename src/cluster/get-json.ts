import { request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import { type ApiAnswer, ApiFailure } from './api-connection.js'

/** One GET; the body is parsed whatever the status. The deadline covers the whole answer, not only its start. */
export async function getJson(
  url: string,
  options: RequestOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const { status, bytes } = await get(url, { ...options, method: 'GET', signal: AbortSignal.any([signal, deadline]) })
    return { status, body: parse(bytes) }
  } catch (cause) {
    signal.throwIfAborted()
    if (deadline.aborted) throw new ApiFailure('timeout', `no whole answer within ${timeoutMs / 1000} s`, { cause })
    throw cause
  }
}

interface WholeAnswer {
  readonly status: number
  readonly bytes: Buffer
}

function get(url: string, options: RequestOptions): Promise<WholeAnswer> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = []
      const fail = (cause: Error) =>
        reject(new ApiFailure('broken', `the answer broke off: ${cause.message}`, { cause }))
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }))
    })
    sent.on('error', (cause) => reject(new ApiFailure('unreachable', cause.message || String(cause), { cause })))
    sent.end()
  })
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}
