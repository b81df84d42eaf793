import type { Beside, VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { lastSaid } from '../../observe/vrrp/said.js'
import { parseIpv4 } from '../../wire/ipv4.js'
import { type Confidence, possible } from '../certainty.js'
import type { Severity } from '../define.js'

/** A change of master leaves one advert, or two, of each on its way; more often than this in turn they advertise at the same time. */
const FEWEST_TIMES = 3

export interface Pair {
  readonly one: VrrpMaster
  readonly other: VrrpMaster
}

export interface Together extends Pair {
  /** How the first advertised beside the other, and the other beside the first. */
  readonly besides: readonly [Beside, Beside]
}

/** Each two machines of a virtual router. */
export function pairsOf({ masters }: VirtualRouter): Pair[] {
  return masters.flatMap((one, at) => masters.slice(at + 1).map((other) => ({ one, other })))
}

/** Those that advertised at the same time, each on in spite of the other. */
export function togetherOf(router: VirtualRouter): Together[] {
  return pairsOf(router).flatMap(({ one, other }) => {
    const [mine, theirs] = [besideOf(one, other), besideOf(other, one)]
    return mine && theirs ? [{ one, other, besides: [mine, theirs] as const }] : []
  })
}

function besideOf(one: VrrpMaster, other: VrrpMaster): Beside | undefined {
  return one.besides.find(({ ip, times }) => ip === other.ip && times >= FEWEST_TIMES)
}

export type Lists = 'same' | 'overlapping' | 'disjoint' | 'unknown'

/** How the addresses that two machines advertise for one virtual router stand to each other. */
export function compareLists({ one, other }: Pair): Lists {
  const [ofOne, ofOther] = [one, other].map((master) =>
    master.said.map(({ addresses }) => [...addresses].sort().join()),
  )
  if (ofOne?.some((list) => ofOther?.includes(list))) return 'same'
  const [mine, theirs] = [one, other].map((master) => lastSaid(master)?.addresses ?? [])
  if (!mine?.length || !theirs?.length) return 'unknown'
  return mine.some((address) => theirs.includes(address)) ? 'overlapping' : 'disjoint'
}

/** No subnet of usual size holds both: two networks in one capture, or a segment with two subnets. */
export function isFarApart({ one, other }: Pair): boolean {
  const [mine, theirs] = [parseIpv4(one.ip), parseIpv4(other.ip)]
  return mine !== null && theirs !== null && (mine ^ theirs) >>> 16 !== 0
}

/** The first was heard after the other began, and the other after the first began. */
export function overlapInTime({ one, other }: Pair): boolean {
  return one.firstAt <= other.lastAt && other.firstAt <= one.lastAt
}

/** Several programs that each have a virtual router of this number: nothing else can be judged of it. */
export function isClash(router: VirtualRouter): boolean {
  return pairsOf(router).some((pair) => compareLists(pair) === 'disjoint')
}

/** On each of two networks the number is rightly used, and a capture of both without tags shows one virtual router. */
export const OF_TWO_NETWORKS: Confidence & { readonly severity: Severity } = {
  severity: 'warning',
  ...possible('the machines have addresses of two networks, which may have been captured together'),
}
