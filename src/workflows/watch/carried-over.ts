import type { ClusterKind, ClusterSnapshot } from '../../cluster/model.js'
import { decisiveKinds } from '../../facts/cluster-kinds.js'
import type { Gap } from '../../known.js'

export interface CarriedOver {
  readonly cluster: ClusterSnapshot
  /** The kinds that are as they were read before. */
  readonly kinds: readonly ClusterKind[]
  /** Why the first of them could not be read; null: there is none. */
  readonly missing: Gap | null
}

/**
 * A snapshot with what stood before of each kind that says which addresses there are and who should answer, and could not be read now:
 * objects that nobody could list have not gone. Of the others nothing is known then.
 */
export function carriedOver(before: ClusterSnapshot | null, now: ClusterSnapshot): CarriedOver {
  const kinds = before === null ? [] : decisiveKinds(before).filter((kind) => before[kind].known && !now[kind].known)
  const gaps = kinds.map((kind) => now[kind]).flatMap((items) => (items.known ? [] : [items.gap]))
  const stood = Object.fromEntries(kinds.map((kind) => [kind, before?.[kind]]))
  return { cluster: { ...now, ...stood }, kinds, missing: gaps[0] ?? null }
}
