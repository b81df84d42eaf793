import type { WatchMetrics } from '../metrics/registry.js'
import type { Page, Serving } from '../metrics/server.js'
import { UsageError } from './exit-codes.js'

/** Where `/metrics` and the page are served unless `--listen` says otherwise. */
const DEFAULT_LISTEN = '127.0.0.1:9797'
const OFF = 'off'
const OK = Buffer.from('ok\n')

export interface Exporting extends Omit<WatchMetrics, 'body' | 'contentType' | 'clockSet'> {
  /** Where it is served, or why it is not; null: it is not wanted. */
  readonly place: string | null
  clockSet(byMs: number): void
  close(): Promise<void>
}

const NOTHING: Exporting = {
  place: null,
  observed: () => {},
  vantage: () => {},
  windowBegan: () => {},
  verdictsDue: () => {},
  clockSet: () => {},
  services: () => {},
  serviceChanged: () => {},
  historyFailed: () => {},
  close: async () => {},
}

/**
 * Serves the metrics of a watch, and the page of it. Where nobody said where, and it cannot be done there, the watch goes on without.
 * Throws UsageError where it was asked for.
 */
export async function composeMetrics(listen: string | undefined, version: string): Promise<Exporting> {
  if (listen === OFF) return NOTHING
  const place = parseListen(listen ?? DEFAULT_LISTEN)
  const { watchMetrics } = await import('../metrics/registry.js')
  const { serve } = await import('../metrics/server.js')
  const { watchPages } = await import('./watch-pages.js')
  const metrics = watchMetrics(version)
  const people = watchPages(version)
  const pages = new Map<string, Page>([
    ['/metrics', metrics],
    ['/healthz', { contentType: 'text/plain; charset=utf-8', body: async () => OK }],
    ...people.pages,
  ])
  let serving: Serving
  try {
    serving = await serve(place, pages)
  } catch (cause) {
    const reason = `cannot serve /metrics on ${listen ?? DEFAULT_LISTEN}: ${(cause as Error).message}`
    if (listen !== undefined) throw new UsageError(`${reason}; name another place with --listen, or off`, { cause })
    return { ...NOTHING, place: `${reason}; going on without (--listen names another place)` }
  }
  const root = `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${serving.port}/`
  return {
    ...metrics,
    place: `metrics on ${root}metrics, a page to look at on ${root}`,
    observed: (window) => {
      metrics.observed(window)
      people.book.observed(window)
    },
    vantage: (device, up) => {
      metrics.vantage(device, up)
      people.book.vantage(device, up)
    },
    clockSet: (byMs) => {
      metrics.clockSet()
      people.book.clockSet(byMs)
    },
    close: serving.close,
  }
}

/** `127.0.0.1:9797`, `[::1]:9797`, `:9797` for all addresses of the machine. */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, six, four, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(`--listen ${text}: write it as ${DEFAULT_LISTEN}, [::1]:9797 or :9797, or off`)
  return { host: six ?? (four || '::'), port: Number(port) }
}
