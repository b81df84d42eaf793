import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groupBy } from '../../src/cluster/group-by.js'
import { type Block, blocksOf, commandsOf, FRESH_CLONE } from '../docs/blocks.js'
import { sides } from '../docs/same-output.js'
import { describeLab } from './describe-lab.js'
import { type PageLab, pageLab } from './page-lab.js'
import { hasSshd } from './ssh-hosts.js'

const pages = ['README.md', ...readdirSync('docs/guides').map((name) => `docs/guides/${name}`)]
const blocks = pages.flatMap(blocksOf).filter(({ situation }) => situation !== FRESH_CLONE)
const inLanguage = (...languages: readonly string[]) => blocks.filter(({ language }) => languages.includes(language))
const placeOf = ({ at, situation }: Block) => `${at.replace(/:.*/, '')}, in the lab: ${situation}`

// one lab for all blocks of a page in one situation: what a command leaves behind is there for the next
for (const [place, ofIt] of groupBy(inLanguage('console', 'sh'), placeOf)) {
  describeLab(place, () => describe.runIf(hasSshd)('as it stands', () => runs(ofIt)))
}

function runs(ofIt: readonly Block[]): void {
  let lab: PageLab
  beforeAll(async () => {
    lab = await pageLab(ofIt[0]?.situation ?? 'none')
  })
  afterAll(() => lab?.remove())

  // one of the hosts to audit is dead: without an error on the others the run is inconclusive
  const codes = ofIt[0]?.situation === 'three hosts to audit' ? [0, 1, 3] : [0, 1]

  it.each(ofIt.flatMap(commandsOf))('$at: $command', async ({ command, output }) => {
    const { code, stdout } = await lab.run(command)
    expect(codes, stdout).toContain(code)
    if (output === null) return
    const { shown, real } = sides(output, stdout)
    expect(real).toBe(shown)
  })
}

describe('blocks that cannot run here', () => {
  it.each(inLanguage('shell'))('$at is a script', ({ text }) => {
    expect(execFileSync('sh', ['-n'], { input: text, encoding: 'utf8' })).toBe('')
  })

  it('are all in a language that says so', () => {
    const known = ['console', 'sh', 'shell', 'yaml', 'sudoers']
    expect(blocks.filter(({ language }) => !known.includes(language)).map(({ at }) => at)).toEqual([])
  })
})
