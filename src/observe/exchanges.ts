import { ETHERNET } from '../wire/ethernet.js'
import { type Mac, ZERO_MAC } from '../wire/mac.js'
import type { Addresses } from './addresses.js'
import type { Claims } from './claims.js'
import * as KEPT from './columns/kept.js'
import * as KEPT_ANSWER from './columns/kept-answer.js'
import * as REGION from './columns/region.js'
import type { Core } from './core.js'
import { type Exchange, REQUEST_MODES } from './model.js'

/** The exchanges about an address that were kept in full, oldest first. */
export function keptExchanges(core: Core, addresses: Addresses, claims: Claims, address: number): readonly Exchange[] {
  const { ints, doubles, bytes } = core
  const exchanges: Exchange[] = []
  for (let number = addresses.firstKept(address); number > 0; ) {
    const row = REGION.keptAt / 4 + (number - 1) * KEPT.width
    const ethernet = 4 * (row + KEPT.ethernet)
    const answers = keptAnswers(core, claims, ints[row + KEPT.firstAnswer]!)
    exchanges.push({
      at: doubles[row / 2]!,
      frame: ints[row + KEPT.frame]!,
      mode: REQUEST_MODES[ints[row + KEPT.mode]!]!,
      asker: macIn(bytes, ethernet + ETHERNET.src),
      askerIp: addresses.ipOf(address, ints[row + KEPT.askerIp]!),
      askedMac: askedMac(macIn(bytes, ethernet + ETHERNET.dst), answers),
      answers,
    })
    number = ints[row + KEPT.next]!
  }
  return exchanges
}

/** A cooked header does not say to whom a unicast frame went: who alone answered it does. */
function askedMac(to: Mac, answers: Exchange['answers']): Mac {
  return to === ZERO_MAC && answers.length === 1 ? answers[0]!.mac : to
}

function keptAnswers({ ints }: Core, claims: Claims, first: number): Exchange['answers'] {
  const answers: { mac: Mac; afterMicros: number; frame: number }[] = []
  for (let number = first; number > 0; ) {
    const row = REGION.keptAnswersAt / 4 + (number - 1) * KEPT_ANSWER.width
    const [mac, afterMicros] = [claims.mac(ints[row + KEPT_ANSWER.claim]!), ints[row + KEPT_ANSWER.afterMicros]!]
    answers.push({ mac, afterMicros, frame: ints[row + KEPT_ANSWER.frame]! })
    number = ints[row + KEPT_ANSWER.next]!
  }
  return answers
}

function macIn(bytes: DataView, at: number): Mac {
  return bytes.getUint16(at) * 2 ** 32 + bytes.getUint32(at + 2)
}
