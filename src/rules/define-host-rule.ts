import type { ClusterSnapshot } from '../cluster/model.js'
import type { Question } from '../facts/question.js'
import type { Host, SectionName, Sections } from '../node/model.js'
import { defineRule, type Problem, type Rule, type RuleSpec, type Unjudged } from './define.js'

/** Which host is being judged; its sections come as a value of their own. */
export type HostIdentity = Pick<Host, 'name' | 'address'>

type HostNeeds = readonly ['question', 'hosts']

/** A rule that judges one host at a time from the sections it declares; the compiler rejects reading another. */
export interface HostRuleSpec<S extends readonly SectionName[], O extends readonly SectionName[], D extends object>
  extends Omit<RuleSpec<HostNeeds, D>, 'needs' | 'optional' | 'check'> {
  readonly sections: S
  /** Sections that sharpen the judgement but without which it still holds; absent from the value when unread. */
  readonly optional?: O
  /** It also looks at the cluster, where one was read. */
  readonly readsCluster?: true
  checkHost(
    sections: Pick<Sections, S[number]> & Partial<Pick<Sections, O[number]>>,
    host: HostIdentity,
    question: Question,
    cluster?: ClusterSnapshot,
  ): Iterable<Problem<D> | Unjudged>
}

/**
 * Runs `checkHost` on every host that was reached. A host with one of the sections missing is listed as unjudged; one
 * that was not reached at all is a gap of the run already and would only repeat itself under every rule.
 */
export function defineHostRule<
  const S extends readonly SectionName[],
  D extends object,
  const O extends readonly SectionName[] = readonly [],
>(spec: HostRuleSpec<S, O, D>): Rule {
  const { sections, optional = [], readsCluster, checkHost, ...rest } = spec
  return defineRule<HostNeeds, D, readonly 'cluster'[]>({
    ...rest,
    needs: ['question', 'hosts'],
    optional: readsCluster ? ['cluster'] : [],
    *check(facts) {
      const { question, hosts } = facts
      const cluster = readsCluster ? facts.cluster : undefined
      for (const host of hosts) {
        if (!host.reached) continue
        yield null
        const missing = firstGap(host, sections)
        if (missing) yield missing
        else yield* checkHost(pick(host, [...sections, ...optional]), host, question, cluster)
      }
    },
  })
}

function firstGap(host: Host, names: readonly SectionName[]): Unjudged | null {
  for (const name of names) {
    const section = host.sections[name]
    if (!section.known) return { unjudged: host.name, because: `${section.gap.subject}: ${section.gap.reason}` }
  }
  return null
}

// biome-ignore lint/suspicious/noExplicitAny: the caller proved which sections are there
function pick(host: Host, names: readonly SectionName[]): any {
  const values: Partial<Record<SectionName, unknown>> = {}
  for (const name of names) {
    const section = host.sections[name]
    if (section.known) values[name] = section.value
  }
  return values
}
