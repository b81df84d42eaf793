import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSources } from './sources.js'

/** Words and turns that people who read English as a second or third language stumble over. */
const REFUSED =
  /\b(anew|mend(s|ed|ing)?|besides|shall|ought|so long|for ever|tells|told|so many|the stranger|whoever|thereof|knows us not|is of no node|now and then|most frames a second|at most so long|round and round|do not fit)\b|^\S+ With it\b|\bbeware\b|\bnone needed\b|\bnothing to undo\b/i

/** Lines of every guide, of README and of CONTRIBUTING, as `PATH:LINE TEXT`. */
function documents(): string[] {
  const guides = readdirSync('docs/guides').map((name) => join('docs/guides', name))
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...guides].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line, index) => `${path}:${index + 1} ${line}`),
  )
}

describe('what people read', () => {
  it('says nothing in words that are refused', () => {
    const texts = readSources(['src', 'commands']).flatMap((source) => source.texts)
    expect([...texts, ...documents()].filter((text) => REFUSED.test(text))).toEqual([])
  })
})
