import type { Gap } from '../../../known.js'
import { elect, hashOfNode, type Runner, type Winner } from './election.js'

/** A quarter of a second of hashing. 100 addresses of 5,000 nodes each, or 10,000 of 50, stay within it. */
const MOST_HASHES = 500_000
/** A node that won with less than this chance is no plausible winner. */
const HARDLY = 1e-4

/** One election that could be held. */
export interface Contest {
  readonly runners: readonly Runner[]
  /** What is hashed beside the node's name. */
  readonly key: string
  /** The nodes by their digests, where names and key are not the true ones. */
  readonly order?: readonly string[] | undefined
  /** The nodes that status objects and events name. */
  readonly named: readonly string[]
}

export interface Held<C> {
  /** Null where nobody runs; absent where the election was not held. */
  readonly winners: ReadonlyMap<C, Winner | null>
  readonly gaps: readonly Gap[]
}

/**
 * Holds as many elections as a run can afford: addresses times nodes grow beyond any patience on the largest clusters.
 * First come those without which no node is known at all, then those most likely to contradict a status object or an
 * event, for the hashes they cost.
 */
export function holdElections<C extends Contest>(contests: readonly C[], most = MOST_HASHES): Held<C> {
  const winners = new Map<C, Winner | null>()
  const refused: Ranked<C>[] = []
  let left = most
  for (const ranked of inOrder(contests, most)) {
    const { runners, key, order } = ranked.contest
    if (runners.length > left) refused.push(ranked)
    else {
      left -= runners.length
      winners.set(ranked.contest, elect(runners, key, order))
    }
  }
  return { winners, gaps: gapsOf(refused, most) }
}

interface Ranked<C> {
  readonly contest: C
  /** How sure it is, by its own hash, that another one than the named node won: 0 to 1; null where none is named. */
  readonly doubt: number | null
}

function inOrder<C extends Contest>(contests: readonly C[], most: number): readonly Ranked<C>[] {
  const cost = contests.reduce((sum, { runners }) => sum + runners.length, 0)
  if (cost <= most) return contests.map((contest) => ({ contest, doubt: null }))
  const fields = new Map<readonly Runner[], Field>()
  return contests.map((contest) => ({ contest, doubt: doubtOf(contest, fields) })).sort(byWorth)
}

/** The more doubt a hash can settle the sooner. */
function byWorth(a: Ranked<Contest>, b: Ranked<Contest>): number {
  const [costA, costB] = [a.contest.runners.length, b.contest.runners.length]
  if (a.doubt === null || b.doubt === null) return Number(b.doubt === null) - Number(a.doubt === null) || costA - costB
  return b.doubt * costA - a.doubt * costB
}

interface Field {
  readonly weights: ReadonlyMap<string, number>
  /** The highest weight, and how many have it. */
  readonly top: number
  readonly size: number
}

function doubtOf({ runners, key, named }: Contest, fields: Map<readonly Runner[], Field>): number | null {
  if (named.length === 0) return null
  const field = fields.get(runners) ?? fieldOf(runners)
  fields.set(runners, field)
  return Math.max(...named.map((node) => doubtOfNode(node, key, field)))
}

function fieldOf(runners: readonly Runner[]): Field {
  const top = runners.reduce((highest, { weight }) => Math.max(highest, weight), 0)
  const size = runners.filter(({ weight }) => weight === top).length
  return { weights: new Map(runners.map(({ node, weight }) => [node, weight])), top, size }
}

/** The lowest hash wins, and hashes are as good as drawn by lot: the higher one is, the more rivals are below it. */
function doubtOfNode(node: string, key: string, { weights, top, size }: Field): number {
  if (weights.get(node) !== top) return 1
  const place = Number.parseInt(hashOfNode(node, key).slice(0, 12), 16) / 16 ** 12
  return 1 - (1 - place) ** (size - 1)
}

function gapsOf(refused: readonly Ranked<Contest>[], most: number): Gap[] {
  const named = refused.flatMap(({ doubt }) => doubt ?? [])
  const hardly = named.filter((doubt) => doubt > 1 - HARDLY).length
  const judged = hardly === 0 ? 'each a likely winner by its own hash' : `${hardly} of which can hardly have won`
  const others = [
    [refused.length - named.length, 'and no status object or event names their node'],
    [named.length, `and the nodes are those that status objects and events name, ${judged}`],
  ] as const
  return others.flatMap(([services, rest]) =>
    services === 0 ? [] : [gapOf(services, `more than ${most} hashes in all, ${rest}`)],
  )
}

function gapOf(services: number, because: string): Gap {
  return {
    subject: `metallb: election of ${services} Services`,
    reason: `not computed: ${because}`,
    hint: 'l2doctor who VIP computes it for one address',
  }
}
