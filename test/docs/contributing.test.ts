import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'

const PAGE = readFileSync('CONTRIBUTING.md', 'utf8')
const QUOTED = [...PAGE.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!)
const PATHS = QUOTED.filter((text) => /^(src|test|fixtures|docs|deploy|bin|commands)\/\S+$/.test(text))
const RECIPES = PAGE.split(/^### /m).slice(1)

/** The part of a path before the first placeholder. */
function fixed(path: string): string {
  const at = path.search(/[<…]/)
  return at < 0 ? path : dirname(`${path.slice(0, at)}x`)
}

describe('CONTRIBUTING.md', () => {
  it.each([...new Set(PATHS)])('names what is there: %s', (path) => {
    expect(existsSync(fixed(path))).toBe(true)
  })

  it.each(RECIPES.map((recipe) => [recipe.split('\n')[0]!, recipe] as const))(
    '%s: follows an example that is there',
    (_, recipe) => {
      const examples = [...recipe.matchAll(/`((?:src|test|fixtures)\/[^`<…]+)`/g)].map((match) => match[1]!)
      expect(examples.filter((path) => existsSync(path)).length).toBeGreaterThanOrEqual(2)
    },
  )

  it('runs only scripts and projects that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const projects = readFileSync('vitest.config.ts', 'utf8')
    for (const [, script] of PAGE.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script!])
    for (const [, project] of PAGE.matchAll(/--project (\w+)/g)) expect(projects).toContain(`'${project}'`)
    for (const [, file] of PAGE.matchAll(/--project \w+ (test\/\S+?)[`\s]/g)) expect(existsSync(file!)).toBe(true)
  })
})
