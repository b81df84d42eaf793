import type { Rule } from './define.js'
import { currentIds } from './former.js'

/** The rule of this id, or of the id that took it over, or the ids that are most like it, best first. */
export function findRule(rules: readonly Rule[], id: string): Rule | { readonly suggestions: readonly string[] } {
  const current = currentIds(id)[0]
  const rule = rules.find((one) => one.id === current)
  return (
    rule ?? {
      suggestions: similar(
        rules.map((one) => one.id),
        id,
      ),
    }
  )
}

/** No name is this long: the rest of a longer one would only cost time. */
const LONGEST = 100
/** Ids this much further away than the nearest are no help. */
const MARGIN = 1

/** Those of the names that are most like one, best first. */
export function similar(ids: readonly string[], given: string): string[] {
  const id = given.slice(0, LONGEST)
  const ranked = ids
    .map((one) => ({ one, away: Math.min(distance(one, id), distance(one.split('/')[1] ?? one, id)) }))
    .sort((a, b) => a.away - b.away)
  const nearest = ranked[0]?.away ?? 0
  return ranked.filter(({ away }) => away <= nearest + MARGIN).map(({ one }) => one)
}

/** Levenshtein's: how many letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (to[j - 1] === letter ? 0 : 1)))
    }
    row = next
  }
  return row[to.length]!
}
