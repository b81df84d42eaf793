import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { type Compared, compare, printed, shrink } from './differ.js'
import { type Abilities, type RandomHost, randomHost } from './random-host.js'

type Make = (seed: number, questions: number, abilities: Abilities) => RandomHost

/** Hosts that stand at the same time. */
const BATCH = 25

/** How many disagreements are made small and printed. */
const MOST_SHRUNK = 3

export interface Agreement {
  readonly hosts: number
  readonly asked: number
  readonly decided: number
  readonly yes: number
  readonly paths: Readonly<Record<string, number>>
}

/** Builds hosts of these seeds, asks the kernel and the model, and fails with the smallest host on which they differ. */
export async function expectAgreement(
  seeds: readonly number[],
  questions: number,
  make: Make = randomHost,
): Promise<Agreement> {
  const can = abilities()
  const hosts = seeds.map((seed) => make(seed, questions, can))
  const results: Compared[] = []
  const differing: string[] = []
  for (let at = 0; at < hosts.length; at += BATCH) {
    const batch = hosts.slice(at, at + BATCH)
    const result = await compare(batch)
    results.push(result)
    const firsts = [...new Map(result.disagreements.toReversed().map((found) => [found.host, found])).values()]
    for (const found of firsts) {
      if (differing.length < MOST_SHRUNK) differing.push(await smallest(batch[found.host]!, found))
    }
  }
  const disagreements = results.flatMap(({ disagreements }) => disagreements).length
  expect(differing.join('\n\n'), `${disagreements} disagreements`).toBe('')
  return { hosts: hosts.length, ...total(results) }
}

async function smallest(host: RandomHost, found: Compared['disagreements'][number]): Promise<string> {
  const small = await shrink(host, found)
  const again = (await compare([small])).disagreements[0]
  return printed(small, again ?? found)
}

function total(results: readonly Compared[]) {
  const sum = (of: (one: Compared) => number) => results.reduce((all, one) => all + of(one), 0)
  const paths: Record<string, number> = {}
  for (const [path, count] of results.flatMap((one) => Object.entries(one.paths)))
    paths[path] = (paths[path] ?? 0) + count
  return { asked: sum(({ asked }) => asked), decided: sum(({ decided }) => decided), yes: sum(({ yes }) => yes), paths }
}

/** Found out once, by trying; what is missing is said on stderr. */
function abilities(): Abilities {
  const name = `l2d-${process.pid}-0-can`
  const ip = (...argv: readonly string[]) => spawnSync('ip', argv).status === 0
  ip('netns', 'add', name)
  const can = {
    vrf: ip('-n', name, 'link', 'add', 'vrf0', 'type', 'vrf', 'table', '9'),
    nft: ip('netns', 'exec', name, 'nft', 'add table arp try'),
  }
  ip('netns', 'del', name)
  for (const [what, there] of Object.entries(can))
    if (!there) console.warn(`SKIPPED random hosts with ${what}: not here`)
  return can
}
