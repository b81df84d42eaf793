import type { BoundService } from './history.js'

/** A Service whose addresses are other ones than before. */
export interface ServiceChange {
  readonly event: 'service-address-changed'
  /** `namespace/name`. */
  readonly service: string
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** What changed between two readings of a cluster; a Service that is new has changed nothing. */
export function serviceChanges(before: readonly BoundService[], after: readonly BoundService[]): ServiceChange[] {
  const now = new Map(after.map(({ service, ips }) => [service, ips]))
  return before.flatMap(({ service, ips: from }): ServiceChange[] => {
    const to = now.get(service) ?? []
    const isSame = from.length === to.length && from.every((ip) => to.includes(ip))
    return isSame || from.length === 0 ? [] : [{ event: 'service-address-changed', service, from, to }]
  })
}
