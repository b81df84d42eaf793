import type { Host } from '../../node/model.js'

/** Where MetalLB's memberlist listens unless METALLB_ML_BIND_PORT says otherwise; the only port that hosts are asked about. */
export const MEMBERLIST_PORT = 7946
const PROTOCOLS = ['tcp', 'udp'] as const

/** The protocols without a memberlist listener; null when nobody looked. */
export function missingListeners({ sections: { listeners } }: Host): string[] | null {
  if (!listeners.known) return null
  const reachable = listeners.value.filter(({ port, address }) => port === MEMBERLIST_PORT && !isLoopback(address))
  return PROTOCOLS.filter((protocol) => !reachable.some((one) => one.protocol === protocol))
}

/** As the collector writes addresses of sockets. */
function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '0:0:0:0:0:0:0:1'
}
