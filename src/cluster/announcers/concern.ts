import type { Known } from '../../known.js'
import type { ClusterKind } from '../model.js'
import type { Concern } from './announcer.js'

/** Of an announcer that was looked for: what decides in a cluster that has it. */
export function concernOf(found: Known<unknown>, decisive: readonly ClusterKind[]): Concern {
  const there = found.known ? isSomething(found.value) : null
  return { there, decisive: there ? decisive : [] }
}

function isSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null
}
