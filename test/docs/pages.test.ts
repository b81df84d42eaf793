import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const listed = (folder: string) => readdirSync(folder).map((name) => join(folder, name))
const pages = ['README.md', 'docs/design.md', ...listed('docs/adr'), ...listed('docs/guides')]

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8')

  it('links to pages that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => join(dirname(page), link!))
    expect(links.filter((path) => !existsSync(path))).toEqual([])
  })

  it('names files that are there', () => {
    const paths = [...text.matchAll(/`((?:src|test|docs|deploy|fixtures|bin|commands)\/[\w./-]+)`/g)].map(
      ([, path]) => path!,
    )
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })
})
