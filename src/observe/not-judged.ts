import { OUTCOME } from '../wire/arp-decoder.js'
import { DISCOVERY } from '../wire/discovery-decoder.js'
import { HIDDEN, type HiddenFinder } from '../wire/hidden.js'
import type { Ip } from '../wire/ip.js'
import type { CaptureFacts } from './model.js'

/** ARP that was met and cannot be judged, by the outcome of decoding. */
const REFUSED = [
  ['ARP of another hardware type', OUTCOME.otherHardwareType],
  ['ARP cut off', OUTCOME.truncatedArp],
  ['ARP with a wrong hardware length', OUTCOME.badHardwareLength],
  ['ARP with a wrong protocol length', OUTCOME.badProtocolLength],
] as const

/** Counts frames that may show who answers for an address, and that no rule judges; nothing is allocated per frame. */
export class NotJudged {
  private readonly frames = new Float64Array(HIDDEN.length)
  private readonly about = HIDDEN.map(() => new Set<Ip>())
  private readonly asked: ReadonlySet<Ip>

  constructor(asked: ReadonlySet<Ip>) {
    this.asked = asked
  }

  /** `what` is a number of HIDDEN. */
  count(what: number, { spa, tpa }: Pick<HiddenFinder, 'spa' | 'tpa'>): void {
    this.frames[what]!++
    if (this.asked.has(tpa)) this.about[what]!.add(tpa)
    if (this.asked.has(spa)) this.about[what]!.add(spa)
  }

  /** Frames per outcome of decoding, and per outcome of reading neighbour discovery. */
  facts(outcomes: Float64Array, discoveries: Float64Array): CaptureFacts['notJudged'] {
    const hidden = HIDDEN.map((what, number) => ({
      what,
      frames: this.frames[number]!,
      about: [...this.about[number]!],
    }))
    const refused = REFUSED.map(([what, outcome]) => ({ what, frames: outcomes[outcome]!, about: [] }))
    const cut = { what: 'neighbour discovery cut off', frames: discoveries[DISCOVERY.truncated]!, about: [] }
    return [...hidden, ...refused, cut].filter(({ frames }) => frames > 0)
  }
}
