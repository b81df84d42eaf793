import type { AddressFacts, Exchange, Micros, Transition } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'

/**
 * For so long after an announced takeover the old owner may still be heard: MetalLB repeats its announcement for 5 s
 * (`internal/layer2/announcer.go`), keepalived after 5 s, and answers already on their way arrive.
 */
export const SETTLING: Micros = 6_000_000

/** Answers on their way, and those of a moment until the old owner hears of it, arrive within this. */
export const YIELDING: Micros = 1_000_000
/** One answer may be the old owner's last. */
const FEWEST_ANSWERS = 2

/** Changes of owner, without the echo of an announced takeover (the old owner's last words and the way back). */
export function withoutEchoes(address: Pick<AddressFacts, 'transitions' | 'exchanges'>): Transition[] {
  const kept: Transition[] = []
  const vain = new Map<Transition, boolean>()
  for (const change of address.transitions) {
    const before = kept.at(-1)
    if (before?.announced && isEcho(change, before)) {
      if (!vain.has(before)) vain.set(before, isInVain(before, address))
      if (!vain.get(before)) continue
    }
    kept.push(change)
  }
  return kept
}

/** Whoever announced it never answers, and the old owner goes on to: it did not take over, two machines claim the address. */
function isInVain({ at, from, to }: Transition, { exchanges }: Pick<AddressFacts, 'exchanges'>): boolean {
  const later = exchanges.filter((round) => round.mode === 'broadcast' && round.at > at && round.answers.length > 0)
  const isBy = (mac: Mac) => (round: Exchange) => round.answers.some((answer) => answer.mac === mac)
  const stayed = later.filter((round) => round.at > at + YIELDING && isBy(from)(round))
  return stayed.length >= FEWEST_ANSWERS && !later.some(isBy(to))
}

function isEcho(change: Transition, takeover: Transition): boolean {
  const later = change.at - takeover.at
  if (later < 0 || later > SETTLING) return false
  return change.to === takeover.to || (change.to === takeover.from && !change.announced)
}
