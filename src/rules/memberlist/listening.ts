import type { Host } from '../../node/model.js'

/** Where MetalLB's memberlist listens unless METALLB_ML_BIND_PORT says otherwise; the only port that hosts are asked about. */
export const MEMBERLIST_PORT = 7946
const PROTOCOLS = ['tcp', 'udp'] as const

/** The protocols without a memberlist listener; null when nobody looked. */
export function missingListeners({ sections: { listeners } }: Host): string[] | null {
  if (!listeners.known) return null
  return PROTOCOLS.filter(
    (protocol) => !listeners.value.some((one) => one.protocol === protocol && one.port === MEMBERLIST_PORT),
  )
}
