import { objectFix } from './changes/object-fix.js'
import type { Fix } from './fix.js'
import { sh } from './shell.js'

interface ClusterPolicy {
  readonly ip: string
  /** `ns/name`. */
  readonly service: string
  /** What it changes for the announcer. */
  readonly text: string
  readonly sideEffects?: readonly string[]
}

const CLIENTS_HIDDEN = ['The pods no longer see the client address, and traffic may take one more hop.']

/** The end of externalTrafficPolicy Local for one Service. */
export function useClusterPolicy({ ip, service, text, sideEffects = CLIENTS_HIDDEN }: ClusterPolicy): Fix {
  return objectFix({
    summary: 'Use externalTrafficPolicy Cluster',
    risk: 'none',
    text,
    changes: [
      {
        kind: 'field',
        object: `Service/${service}`,
        key: '.spec.externalTrafficPolicy',
        value: 'Cluster',
        was: 'Local',
      },
    ],
    sideEffects,
    verify: sh`l2doctor scan --vip ${ip}`,
  })
}
