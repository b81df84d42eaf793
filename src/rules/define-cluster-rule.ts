import type { ClusterKind, ClusterSnapshot, ItemOf } from '../cluster/model.js'
import type { FactName, Facts } from '../facts/facts.js'
import { defineRule, type Problem, type Rule, type RuleSpec, type Unjudged } from './define.js'

/** The kinds a cluster rule asked for, all of them known, and when they were read. */
export type KnownKinds<K extends ClusterKind> = { readonly [P in K]: readonly ItemOf<P>[] } & {
  readonly observedAt: string
}

export interface ClusterRuleSpec<
  K extends ClusterKind,
  N extends readonly FactName[],
  D extends object,
  O extends readonly FactName[],
> extends Omit<RuleSpec<N, D, O>, 'needs' | 'check'> {
  /** The kinds of object it reads; a gap in one of them leaves the rule unjudged, with the gap as the reason. */
  readonly kinds: readonly K[]
  /** Facts beside the cluster: `announcers`, `expected`, `wire` … */
  readonly needs?: N
  checkCluster(
    kinds: KnownKinds<K>,
    facts: Pick<Facts, N[number]> & Partial<Pick<Facts, O[number]>>,
  ): Iterable<Problem<D> | Unjudged>
}

/** Declares a rule on cluster objects; reading a kind that it did not declare is a type error. */
export function defineClusterRule<
  const K extends ClusterKind,
  D extends object,
  const N extends readonly FactName[] = [],
  const O extends readonly FactName[] = [],
>(spec: ClusterRuleSpec<K, N, D, O>): Rule {
  const { kinds, needs, checkCluster, ...rest } = spec
  return defineRule<readonly FactName[], D, readonly FactName[]>({
    ...rest,
    needs: [...new Set<FactName>(['cluster', ...(needs ?? [])])],
    *check(facts) {
      const { cluster } = facts as Facts
      const gaps = kinds.flatMap((kind) => gapOf(cluster, kind))
      if (gaps.length > 0) yield* gaps
      else yield* checkCluster(pickKinds(cluster, kinds), facts as Facts)
    },
  })
}

function gapOf(cluster: ClusterSnapshot, kind: ClusterKind): Unjudged[] {
  const items = cluster[kind]
  return items.known ? [] : [{ unjudged: items.gap.subject, because: items.gap.reason }]
}

function pickKinds<K extends ClusterKind>(cluster: ClusterSnapshot, kinds: readonly K[]): KnownKinds<K> {
  const entries = kinds.flatMap((kind) => {
    const items = cluster[kind]
    return items.known ? [[kind, items.value] as const] : []
  })
  return { ...Object.fromEntries(entries), observedAt: cluster.observedAt } as KnownKinds<K>
}
