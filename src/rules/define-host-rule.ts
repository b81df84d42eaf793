import type { Question } from '../facts/question.js'
import type { Host, SectionName, Sections } from '../node/model.js'
import { defineRule, type Problem, type Rule, type RuleSpec, type Unjudged } from './define.js'

/** Which host is being judged; its sections come as a value of their own. */
export type HostIdentity = Pick<Host, 'name' | 'address'>

type HostNeeds = readonly ['question', 'hosts']

/** A rule that judges one host at a time from the sections it declares; the compiler rejects reading another. */
export interface HostRuleSpec<S extends readonly SectionName[], D extends object>
  extends Omit<RuleSpec<HostNeeds, D>, 'needs' | 'check'> {
  readonly sections: S
  checkHost(
    sections: Pick<Sections, S[number]>,
    host: HostIdentity,
    question: Question,
  ): Iterable<Problem<D> | Unjudged>
}

/**
 * Runs `checkHost` on every host that was reached. A host with one of the sections missing is listed as unjudged; one
 * that was not reached at all is a gap of the run already and would only repeat itself under every rule.
 */
export function defineHostRule<const S extends readonly SectionName[], D extends object>(
  spec: HostRuleSpec<S, D>,
): Rule {
  const { sections, checkHost, ...rest } = spec
  return defineRule<HostNeeds, D>({
    ...rest,
    needs: ['question', 'hosts'],
    *check({ question, hosts }) {
      for (const host of hosts) {
        if (!host.reached) continue
        const missing = firstGap(host, sections)
        if (missing) yield missing
        else yield* checkHost(pick(host, sections), host, question)
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

function pick<S extends readonly SectionName[]>(host: Host, names: S): Pick<Sections, S[number]> {
  const values: Partial<Record<SectionName, unknown>> = {}
  for (const name of names) {
    const section = host.sections[name]
    if (section.known) values[name] = section.value
  }
  return values as Pick<Sections, S[number]>
}
