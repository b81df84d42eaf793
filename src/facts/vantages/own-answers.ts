import type { Ip } from '../../wire/ip.js'
import { answersOf } from './merge.js'
import type { VantageFacts } from './model.js'

/**
 * A place whose own machine was heard to answer at another one announces the address (`own.announces`): it does not hear itself, so that
 * its silence is no silence. An announcer such as MetalLB answers for addresses that no interface of the machine holds.
 */
export function withOwnAnswers(vantages: readonly VantageFacts[]): VantageFacts[] {
  return vantages.map((one) => {
    const macs = new Set(one.own.macs)
    const announces = new Set(vantages.flatMap((other) => (other === one ? [] : answeredBy(macs, other))))
    for (const ip of one.own.ips) announces.delete(ip)
    return announces.size === 0 ? one : { ...one, own: { ...one.own, announces: [...announces] } }
  })
}

/** The addresses for which one of these was heard to answer there. */
function answeredBy(macs: ReadonlySet<number>, { wire, own }: VantageFacts): Ip[] {
  if (!wire.known || macs.size === 0) return []
  const answered = wire.value.addresses.filter((address) => {
    const { machines } = answersOf(address, own)
    return [...machines].some((mac) => macs.has(mac) && !own.macs.includes(mac))
  })
  return answered.map(({ ip }) => ip)
}
