import { hears, type Pair, type Sight } from '../../facts/vantages/compare.js'
import type { VantageFacts } from '../../facts/vantages/model.js'
import { type Confidence, likely, possible } from '../certainty.js'
import type { Evidence, FixStep, Unjudged } from '../define.js'
import { sh } from '../shell.js'
import { listed } from '../wire/evidence.js'
import { onSwitch, watchFrames } from '../wire/next-steps.js'

/** How two places lie to each other, by the broadcasts of one that were heard at the other. */
export type Between = 'same segment' | 'one way' | 'apart' | 'unknown'

export function between(one: VantageFacts, other: VantageFacts): Between {
  const ways = [hears(one, other), hears(other, one)]
  if (ways.every((way) => way === null)) return 'unknown'
  if (ways.every((way) => way !== false)) return 'same segment'
  return ways.some((way) => way === true) ? 'one way' : 'apart'
}

/** Why places were not compared, for the list of what was not judged. */
export function notCompared(ip: string, why: Exclude<Pair, readonly unknown[]>): Unjudged {
  const because = {
    'other VLAN': 'the places saw it under other VLAN tags, which may be other segments',
    'other time': 'the places did not ask for it at the same time, by the clocks of their captures',
  }
  return { unjudged: ip, because: because[why] }
}

/** What lies between two places that saw different things. */
function betweenWords(how: Between): string {
  switch (how) {
    case 'same segment':
      return 'the places hear the broadcasts of each other: they are on one segment, where an isolated port, ARP suppression or inspection, or a filter may hold the answers back'
    case 'one way':
      return 'broadcasts pass between the places in one direction only (a filter, an isolated port, a VLAN that is untagged on one side)'
    case 'apart':
      return 'neither place hears the broadcasts of the other: they are on different segments or VLANs (a trunk that lacks the VLAN, another access VLAN), or on ports that are isolated from each other'
    case 'unknown':
      return 'whether the places are on one segment was not seen'
  }
}

/** The certainties in their order, for one finding about several places. */
export function surest(all: readonly Confidence[]): Confidence {
  const order = { certain: 0, likely: 1, possible: 2 } as const
  return all.reduce((best, one) => (order[one.certainty] < order[best.certainty] ? one : best))
}

/** What lies between, said once for all places that lie the same way; their names where there are several ways. */
export function waysWords(all: readonly { readonly place: string; readonly between: Between }[]): string {
  const ways = [...new Set(all.map((one) => one.between))]
  if (ways.length === 1) return betweenWords(ways[0]!)
  const names = (way: Between) => listed(all.filter((one) => one.between === way).map(({ place }) => place))
  return ways.map((way) => `for ${names(way)}: ${betweenWords(way)}`).join('; ')
}

/** Fewer broadcasts may simply be lost. */
const SURE_REQUESTS = 3

/** `sure`: how often the ones were answered, and the others asked. */
export function weighSides(how: Between, asked: number): Confidence {
  if (asked < SURE_REQUESTS) return possible('few requests were sent there: lost frames look the same')
  if (how === 'same segment') return likely('both places hear the same broadcasts, and only one of them the answers')
  if (how === 'one way') return likely('broadcasts pass between the places in one direction only')
  return possible('the places may be on different segments on purpose')
}

export function nameOf({ name, kind }: Pick<VantageFacts, 'name' | 'kind'>): string {
  return kind === 'local' ? 'this machine' : name
}

export function sightEvidence({ vantage, asked, answered }: Sight): Evidence {
  const value =
    answered === 0 ? `none of ${asked} broadcasts was answered` : `${answered} of ${asked} broadcasts answered`
  return { kind: 'measure', name: `from ${nameOf(vantage)}`, value }
}

/** Looks only: where the frames between the places stop. */
export function findBetween(ip: string, macs: readonly string[]): FixStep[] {
  return [
    {
      kind: 'look',
      text: 'Ask the switch which port and VLAN each of these MACs is on: the places and the machine that answers must share one',
      run: onSwitch(macs),
      where: 'switch',
    },
    {
      kind: 'look',
      text: 'On a Linux bridge or hypervisor between them: is a port isolated, is flooding or learning off, is ARP suppressed?',
      run: sh`bridge -d link show`,
    },
    {
      kind: 'look',
      text: 'There as well: does the port of each place carry the VLAN?',
      run: sh`bridge vlan show`,
    },
    {
      kind: 'look',
      text: `On the machine that answers: do the requests for ${ip} arrive?`,
      run: watchFrames(ip),
    },
  ]
}
