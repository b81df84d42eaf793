import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Where it listens; port 0: any. */
export interface Listen {
  readonly host: string
  readonly port: number
}

export interface Page {
  readonly contentType: string
  /** Content-Security-Policy; without it nothing at all may be loaded or run. */
  readonly policy?: string
  /** Another one whenever the text is another, in quotes; absent where nobody asks again. */
  tag?(): string
  /** The same bytes for all who ask for the same. */
  body(): Promise<Buffer>
}

export interface Serving {
  /** The port that it got. */
  readonly port: number
  close(): Promise<void>
}

/** Whoever reaches the port may ask, so each of them gets little: of header bytes, of time, of connections. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const
const MOST_CONNECTIONS = 64
/** Who has not taken a whole answer within this time, ms, gets no more of it. */
const ANSWER_MS = 30_000

/** Serves pages by their path to GET and HEAD. Rejects with the error of the system where it cannot listen. */
export async function serve(
  { host, port }: Listen,
  pages: ReadonlyMap<string, Page>,
  answerMs = ANSWER_MS,
): Promise<Serving> {
  const answering = new WeakSet<Socket>()
  const server = createServer(LIMITS, (request, response) => {
    const { socket } = request
    if (answering.has(socket)) return socket.destroy() // nobody needs to, and what waits takes memory
    answering.add(socket)
    const late = setTimeout(() => response.socket?.resetAndDestroy(), answerMs).unref()
    response.on('close', () => {
      clearTimeout(late)
      answering.delete(socket)
    })
    void answer(pages, request, response)
  })
  server.maxConnections = MOST_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  pages: ReadonlyMap<string, Page>,
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(ALWAYS)) response.setHeader(name, value)
  if (method !== 'GET' && method !== 'HEAD') return end(response, 405, 'only GET and HEAD', { Allow: 'GET, HEAD' })
  const page = pages.get(url.split('?')[0] ?? '')
  if (page === undefined) return end(response, 404, NOT_HERE)
  const tag = page.tag?.()
  const more = {
    'Content-Type': page.contentType,
    ...(tag === undefined ? {} : { ETag: tag }),
    ...(page.policy === undefined ? {} : { 'Content-Security-Policy': page.policy }),
  }
  if (tag !== undefined && headers['if-none-match'] === tag) return end(response, 304, '', more)
  let body: Buffer
  try {
    body = await page.body()
  } catch (error) {
    return end(response, 500, `this page cannot be made: ${(error as Error).message}\n`)
  }
  end(response, 200, body, more)
}

const NOT_HERE = 'nothing here; there is /metrics, and / for people\n'

const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

/** Of HEAD the body is not sent, but its length is. */
function end(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const length = status === 304 ? {} : { 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...length, ...headers })
  response.end(body)
}
