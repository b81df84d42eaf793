import type { ApiClient, ApiRequest } from '../../../src/cluster/api-connection.js'

/** A fake API server: it answers each request as it is told to, by status and message; what it throws is a connection that fails. */
export function fakeApi(answer: (request: ApiRequest) => readonly [status: number, body: object]): ApiClient {
  const ask: ApiClient['ask'] = async (request, signal, take) => {
    signal.throwIfAborted()
    const [status, body] = answer(request)
    take(Buffer.from(JSON.stringify(body)))
    return status
  }
  const get: ApiClient['get'] = (path, signal, take) => ask({ method: 'GET', path }, signal, take)
  return { server: 'https://fake.example:6443', get, ask, close: () => {} }
}
