import type { Rule } from './define.js'

/** The rule of this id, or the ids that are most like it, best first. */
export function findRule(rules: readonly Rule[], id: string): Rule | { readonly suggestions: readonly string[] } {
  const rule = rules.find((one) => one.id === id)
  return (
    rule ?? {
      suggestions: similar(
        rules.map((one) => one.id),
        id,
      ),
    }
  )
}

const SHOWN = 3

function similar(ids: readonly string[], id: string): string[] {
  const ranked = ids.map((one) => ({
    one,
    distance: Math.min(distance(one, id), distance(one.split('/')[1] ?? one, id)),
  }))
  return ranked
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SHOWN)
    .map(({ one }) => one)
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
