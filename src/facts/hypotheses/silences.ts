import { type Looked, seenAddresses } from './explain.js'
import type { SeenAddress } from './model.js'
import { inCharge, plainly } from './predict.js'

/** One node that one announcer puts in charge of addresses, and that answers for none of them. */
export interface Silence {
  readonly announcer: string
  readonly node: string
  /** Sorted as they were seen. */
  readonly ips: readonly string[]
  /** What it answers for meanwhile, by a MAC of its own. */
  readonly answered: readonly string[]
}

/**
 * Each node in charge that keeps silent, whatever is wrong elsewhere: unlike `explain` it asks for no one cause of everything. Addresses
 * that several announcers give to nodes are left out: whose silence it is stays open.
 */
export function silencesOf(looked: Looked): readonly Silence[] {
  const seen = seenAddresses(looked)
  const found = new Map<string, { announcer: string; node: string; ips: string[] }>()
  for (const address of seen.filter((one) => one.seen.length === 0)) {
    const charge = chargeOf(address, looked)
    if (charge === null) continue
    const key = `${charge.announcer} ${charge.node}`
    const one = found.get(key) ?? { ...charge, ips: [] }
    found.set(key, one)
    one.ips.push(address.ip)
  }
  return [...found.values()].map((one) => ({ ...one, answered: answeredBy(one.node, seen) }))
}

function chargeOf(address: SeenAddress, { announcers }: Looked): { announcer: string; node: string } | null {
  const charged = address.answers.filter(({ answer }) => (inCharge(answer) ?? []).length > 0)
  const [node] = plainly(address) ?? []
  const [one] = charged
  if (!one || node === undefined || charged.length > 1) return null
  const mayHang = announcers.find(({ name }) => name === one.announcer)?.traits.fails.includes('silent')
  return mayHang ? { announcer: one.announcer, node } : null
}

function answeredBy(node: string, seen: readonly SeenAddress[]): readonly string[] {
  return seen.filter((one) => one.seen.includes(node)).map(({ ip }) => ip)
}
