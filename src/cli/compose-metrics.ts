import type { WatchMetrics } from '../metrics/registry.js'
import type { Page, Serving } from '../metrics/server.js'
import { UsageError } from './exit-codes.js'

/** Where `/metrics` is served unless `--listen` says otherwise. */
const DEFAULT_LISTEN = '127.0.0.1:9797'
const OFF = 'off'

export interface Exporting extends Pick<WatchMetrics, 'observed' | 'vantage'> {
  close(): Promise<void>
}

const NOTHING: Exporting = { observed: () => {}, vantage: () => {}, close: async () => {} }

/**
 * Serves the metrics of a watch. Where nobody said where, and it cannot be done there, the watch goes on without: `note` hears why.
 * Throws UsageError where it was asked for.
 */
export async function composeMetrics(
  listen: string | undefined,
  version: string,
  note: (text: string) => void,
): Promise<Exporting> {
  if (listen === OFF) return NOTHING
  const place = parseListen(listen ?? DEFAULT_LISTEN)
  const { watchMetrics } = await import('../metrics/registry.js')
  const { serve } = await import('../metrics/server.js')
  const metrics = watchMetrics(version)
  const pages = new Map<string, Page>([
    ['/metrics', metrics],
    ['/healthz', { contentType: 'text/plain; charset=utf-8', text: async () => 'ok\n' }],
  ])
  let serving: Serving
  try {
    serving = await serve(place, pages)
  } catch (cause) {
    const reason = `cannot serve /metrics on ${listen ?? DEFAULT_LISTEN}: ${(cause as Error).message}`
    if (listen !== undefined) throw new UsageError(`${reason}; name another place with --listen, or off`, { cause })
    note(`${reason}; going on without (--listen names another place)`)
    return NOTHING
  }
  note(`metrics on http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${serving.port}/metrics`)
  return {
    observed: (window) => metrics.observed(window),
    vantage: (device, up) => metrics.vantage(device, up),
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
