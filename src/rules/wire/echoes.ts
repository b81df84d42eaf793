import type { AddressFacts, Exchange, Micros, Transition } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { vridOf } from '../../wire/virtual-mac.js'

/**
 * For so long after an announced takeover the old owner may still be heard: MetalLB repeats its announcement for 5 s
 * (`internal/layer2/announcer.go`), keepalived after 5 s, and answers already on their way arrive.
 */
export const SETTLING: Micros = 6_000_000

/** Answers on their way, and those of a moment until the old owner hears of it, arrive within this. */
export const YIELDING: Micros = 1_000_000
/** One answer may be the old owner's last. */
const FEWEST_ANSWERS = 2

/**
 * Changes of owner between machines. A virtual router's MAC is of the machine that holds it then: the kernel of a host with use_vmac
 * asks others in the name of the address from its card, too.
 */
function betweenMachines(transitions: readonly Transition[]): readonly Transition[] {
  const macs = new Set(transitions.flatMap(({ from, to }) => [from, to]))
  const machines = [...macs].filter(isMachine)
  if (machines.length === macs.size || machines.length < 2) return transitions
  const kept: Transition[] = []
  let holder = transitions.find(({ from }) => isMachine(from))?.from ?? null
  let announced = false
  for (const change of transitions) {
    announced = change.announced || (announced && !isMachine(change.from))
    if (!isMachine(change.to)) continue
    if (holder !== null && change.to !== holder) kept.push({ ...change, from: holder, announced })
    holder = change.to
  }
  return kept
}

function isMachine(mac: Mac): boolean {
  return vridOf(mac) === null
}

/** Machines that take over at the same moment announce it in turn, until all but one have heard of the others: that is one change. */
function withoutBursts(transitions: readonly Transition[]): readonly Transition[] {
  const kept: Transition[] = []
  for (let at = 0; at < transitions.length; ) {
    const burst = burstAt(transitions, at)
    kept.push({ ...burst.at(-1)!, from: burst[0]!.from })
    at += burst.length
  }
  return kept
}

/** The changes from here on that are one; where the machine before defends the address they are not, but a conflict. */
function burstAt(transitions: readonly Transition[], at: number): readonly Transition[] {
  const first = transitions[at]!
  const isPart = ({ at, to, announced }: Transition) =>
    announced && to !== first.from && at >= first.at && at - first.at <= YIELDING
  const end = transitions.findIndex((one, n) => n >= at && !isPart(one))
  return transitions.slice(at, Math.max(at + 1, end < 0 ? transitions.length : end))
}

/** Changes of owner, without the echo of an announced takeover (the old owner's last words and the way back). */
export function withoutEchoes(address: Pick<AddressFacts, 'transitions' | 'exchanges'>): Transition[] {
  const kept: Transition[] = []
  const vain = new Map<Transition, boolean>()
  for (const change of withoutBursts(betweenMachines(address.transitions))) {
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
