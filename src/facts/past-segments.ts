import { parseMac } from '../wire/mac.js'
import { virtualRouterName } from '../wire/virtual-mac.js'

/** What a history says of the segment that it was written on. MACs and addresses as text. */
export interface PastSegments {
  /** The MACs that each gateway of the watching machine had. */
  readonly gateways: ReadonlyMap<string, ReadonlySet<string>>
  /** Every machine that it names, the gateways too. */
  readonly macs: ReadonlySet<string>
}

/** The machines of the segment that is looked at: each address with a MAC that has it. */
export type SegmentNow = readonly { readonly ip: string; readonly mac: string }[]

/** A gateway that is another machine here than there. */
export interface OtherGateway {
  readonly ip: string
  readonly was: readonly string[]
  readonly is: string
}

/**
 * What shows that a history is of another segment with the same addresses: a gateway's address is another machine's, and not one machine
 * that the history names is here. Null where that is not so, which is no proof of the contrary. A virtual router has the same MAC
 * everywhere, and says nothing.
 */
export function isElsewhere({ gateways, macs }: PastSegments, now: SegmentNow): OtherGateway | null {
  const real = now.filter(({ mac }) => !isVirtual(mac))
  if (real.some(({ mac }) => macs.has(mac))) return null
  for (const [ip, had] of gateways) {
    const here = real.find((one) => one.ip === ip)
    const was = [...had].filter((mac) => !isVirtual(mac))
    if (here !== undefined && was.length === had.size) return { ip, was, is: here.mac }
  }
  return null
}

function isVirtual(text: string): boolean {
  const mac = parseMac(text)
  return mac === null || virtualRouterName(mac) !== null
}
