import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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

/** Programs that a page runs beside l2doctor; where one of them is missing, its blocks are skipped. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'docs/guides/watch.md': ['prometheus', 'prometheus-alertmanager', 'amtool'],
}

function isReady(page: string): boolean {
  const missing = (NEEDS[page] ?? []).filter((name) => spawnSync(name, ['--version']).status !== 0)
  if (missing.length > 0) console.warn(`SKIPPED what ${page} shows: no ${missing.join(', ')} (Debian: apt-get install)`)
  return missing.length === 0
}

// one lab for all blocks of a page in one situation: what a command leaves behind is there for the next
for (const [place, ofIt] of groupBy(inLanguage('console', 'sh'), placeOf)) {
  const isAble = hasSshd && isReady(place.replace(/,.*/, ''))
  describeLab(place, () => describe.runIf(isAble)('as it stands', () => runs(ofIt)))
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

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, { readonly char?: string }>> }>>
}

/** `-i` and `--vip=…` as they stand in a line. */
const flagsIn = (line: string) =>
  [...line.matchAll(/(?<= )(?:--([\w-]+)|-(\w))(?=[ =]|$)/g)].map(([, name, char]) => name ?? char!)

describe('blocks that cannot run here', () => {
  const ours = inLanguage('shell')
    .flatMap(({ at, text }) =>
      commandsOf({ at, language: 'shell', situation: null, text: text.replaceAll('\\\n', '') }),
    )
    .flatMap(({ at, command }) => {
      const line = /^(?:sudo )?l2doctor ([a-z][\w-]*)( [^#|&;]*)?/.exec(command)
      return line ? [{ at, name: line[1]!, rest: line[2] ?? '' }] : []
    })

  it.each(ours)('$at: $name takes the flags of its line', ({ name, rest }) => {
    const { commands } = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as Manifest
    const flags = Object.entries(commands[name]!.flags).flatMap(([flag, { char = flag }]) => [flag, char])
    expect(flagsIn(rest).filter((flag) => !flags.includes(flag))).toEqual([])
  })

  it.each(inLanguage('shell'))('$at is a script', ({ text }) => {
    expect(execFileSync('sh', ['-n'], { input: text, encoding: 'utf8' })).toBe('')
  })

  it('are all in a language that says so', () => {
    const known = ['console', 'sh', 'shell', 'yaml', 'sudoers']
    expect(blocks.filter(({ language }) => !known.includes(language)).map(({ at }) => at)).toEqual([])
  })
})
