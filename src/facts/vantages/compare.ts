import type { AddressFacts, Exchange, Micros } from '../../observe/model.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { answersOf } from './merge.js'
import type { VantageFacts } from './model.js'

/** What one place saw of an address, whatever VLAN tags it came with. */
export interface Sight {
  readonly vantage: VantageFacts
  /**
   * `holds`: the place is the machine that has or announces the address, which does not hear itself; `unasked`: no request of its own and no answer, so that
   * silence means nothing; `unread`: it could not be looked from.
   */
  readonly state: 'answered' | 'silent' | 'holds' | 'unasked' | 'unread'
  /** Broadcasts of its own, and how many were answered. */
  readonly asked: number
  readonly answered: number
  readonly machines: readonly Machine[]
  /** These broadcasts themselves, and the VLAN stacks (`100.200`; empty: untagged) that they came with. */
  readonly rounds: readonly Exchange[]
  readonly stacks: readonly string[]
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
  if (!wire.known) return { vantage, state: 'unread', asked: 0, answered: 0, machines: [], rounds: [], stacks: [] }
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
      : own.announces?.includes(ip)
        ? 'holds'
        : probed && asked > 0
          ? 'silent'
          : 'unasked'
  const stacks = seen.filter(({ exchanges }) => exchanges.length > 0).map(({ vlans }) => vlans.join('.'))
  return { vantage, state, asked, answered, machines, rounds: broadcasts, stacks }
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

/** Two places at the same time on what may be one segment; a word why not: what they saw must not be held against each other. */
export type Pair = readonly [Sight, Sight] | 'other VLAN' | 'other time'

/** What was recorded in the seconds before the other place asked was there together with it, as far as clocks agree. */
const SLACK: Micros = 5_000_000

/**
 * Live places ask together, each by its own clock. A file was recorded whenever it was: only what overlaps in time is compared, and
 * only where the VLAN tags are the same; two different tags are two segments anyway.
 */
export function pairOf(one: Sight, other: Sight): Pair {
  const recorded = [one, other].some(({ vantage }) => vantage.kind === 'file')
  if (!shareStack(one, other, recorded)) return 'other VLAN'
  if (!recorded) return [one, other]
  const from = Math.max(firstOf(one), firstOf(other)) - SLACK
  const to = Math.min(lastOf(one), lastOf(other)) + SLACK
  const [here, there] = [during(one, from, to), during(other, from, to)]
  const isSeen = ({ state, asked, machines }: Sight) => (state === 'answered' ? machines.length > 0 : asked > 0)
  return isSeen(here) && isSeen(there) ? [here, there] : 'other time'
}

function shareStack(one: Sight, other: Sight, recorded: boolean): boolean {
  const shared = one.stacks.some((stack) => other.stacks.includes(stack))
  const isTagged = ({ stacks }: Sight) => stacks.every((stack) => stack !== '')
  return shared || (!recorded && !(isTagged(one) && isTagged(other)))
}

function firstOf({ rounds }: Sight): Micros {
  return rounds.reduce((first, { at }) => Math.min(first, at), Infinity)
}

function lastOf({ rounds }: Sight): Micros {
  return rounds.reduce((last, { at }) => Math.max(last, at), -Infinity)
}

function during(sight: Sight, from: Micros, to: Micros): Sight {
  const rounds = sight.rounds.filter(({ at }) => at >= from && at <= to)
  const count = (mac: Mac) => rounds.filter(({ answers }) => answers.some((one) => one.mac === mac)).length
  const machines = sight.machines.map((machine) => ({ ...machine, answered: count(machine.mac) }))
  return {
    ...sight,
    rounds,
    asked: rounds.length,
    answered: rounds.filter(({ answers }) => answers.length > 0).length,
    machines: machines.filter(({ answered }) => answered > 0),
  }
}

/** Whether broadcasts of one place were heard at the other: null where one of them could not be looked from, or sends none (IPv6 has none). */
export function hears(listener: VantageFacts, sender: VantageFacts): boolean | null {
  const isAsking = sender.own.macs.some((mac) => sender.heard.has(mac))
  if (!listener.wire.known || !sender.probed || !isAsking) return null
  return sender.own.macs.some((mac) => listener.heard.has(mac))
}
