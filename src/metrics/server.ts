import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where it listens; port 0: any. */
export interface Listen {
  readonly host: string
  readonly port: number
}

export interface Page {
  readonly contentType: string
  text(): Promise<string>
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

/** Serves pages by their path. Rejects with the error of the system where it cannot listen. */
export async function serve({ host, port }: Listen, pages: ReadonlyMap<string, Page>): Promise<Serving> {
  const server = createServer(LIMITS, (request, response) => void answer(pages, request, response))
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
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Security-Policy', "default-src 'none'")
  if (method !== 'GET') return end(response, 405, 'only GET', { Allow: 'GET' })
  const page = pages.get(url.split('?')[0] ?? '')
  if (page === undefined) return end(response, 404, `nothing here; there is ${[...pages.keys()].join(' and ')}`)
  end(response, 200, await page.text(), { 'Content-Type': page.contentType })
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers })
  response.end(text)
}
