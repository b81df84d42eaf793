import type { AddressFacts, Micros } from '../../observe/model.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { answersOf } from './merge.js'
import type { VantageFacts } from './model.js'

/** What one place saw of an address, whatever VLAN tags it came with. */
export interface Sight {
  readonly vantage: VantageFacts
  /**
   * `holds`: the place is the address's own machine, which does not hear itself; `unasked`: no request of its own and no answer, so that
   * silence means nothing; `unread`: it could not be looked from.
   */
  readonly state: 'answered' | 'silent' | 'holds' | 'unasked' | 'unread'
  /** Broadcasts of its own, and how many were answered. */
  readonly asked: number
  readonly answered: number
  readonly machines: readonly Machine[]
}

export interface Machine {
  readonly mac: Mac
  /** Broadcasts that it answered. */
  readonly answered: number
  readonly firstFrame: number
  readonly firstAt: Micros
}

/** What each place saw of an address that was asked for. */
interface Comparison {
  readonly ip: Ip
  readonly sights: readonly Sight[]
}

export function compareVantages(vantages: readonly VantageFacts[], vips: readonly Ip[]): Comparison[] {
  return vips.map((ip) => ({ ip, sights: vantages.map((vantage) => sightOf(ip, vantage)) }))
}

function sightOf(ip: Ip, vantage: VantageFacts): Sight {
  const { wire, own, probed } = vantage
  if (!wire.known) return { vantage, state: 'unread', asked: 0, answered: 0, machines: [] }
  const seen = wire.value.addresses.filter((address) => address.ip === ip)
  const broadcasts = seen
    .flatMap((address) => answersOf(address, own).rounds)
    .filter(({ mode }) => mode === 'broadcast')
  const machines = seen.flatMap((address) => machinesOf(address, vantage))
  const asked = broadcasts.length
  const answered = broadcasts.filter(({ answers }) => answers.length > 0).length
  const state = own.ips.includes(ip)
    ? 'holds'
    : machines.length > 0
      ? 'answered'
      : probed && asked > 0
        ? 'silent'
        : 'unasked'
  return { vantage, state, asked, answered, machines }
}

/** Who answered there; it does not hear itself. */
function machinesOf(address: AddressFacts, { own }: VantageFacts): Machine[] {
  const { rounds, machines } = answersOf(address, own)
  const others = address.claims.filter(({ mac }) => machines.has(mac) && !own.macs.includes(mac))
  return others.map(({ mac, firstFrame, firstAt }) => {
    const answers = rounds.filter(({ mode, answers }) => mode === 'broadcast' && answers.some((one) => one.mac === mac))
    return { mac, answered: answers.length, firstFrame, firstAt }
  })
}

/** Whether broadcasts of one place were heard at the other: null where one of them could not be looked from, or sends none (IPv6 has none). */
export function hears(listener: VantageFacts, sender: VantageFacts): boolean | null {
  const isAsking = sender.own.macs.some((mac) => sender.heard.has(mac))
  if (!listener.wire.known || !sender.probed || !isAsking) return null
  return sender.own.macs.some((mac) => listener.heard.has(mac))
}
