import type { AddressFacts, Exchange, WireFacts } from '../../observe/model.js'
import { askersThatProbed } from '../../observe/rounds.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import type { Question } from '../question.js'
import type { VantageFacts } from './model.js'

/**
 * What several places saw, as one wire for the rules: each address as the place saw it that learnt most of it. Frames and times of one
 * address are then of one capture and one clock. What the others saw of it is for the rule that compares places.
 */
interface Merged {
  /** The place whose capture the counts are of. */
  readonly main: string
  readonly wire: WireFacts
  readonly own: Question['own']
  readonly probed: boolean
}

/** A place that could be looked from. */
interface Looked extends VantageFacts {
  readonly wire: Extract<VantageFacts['wire'], { known: true }>
}

function looked(vantages: readonly VantageFacts[]): Looked[] {
  return vantages.filter((one): one is Looked => one.wire.known)
}

/** Null where no place could be looked from. */
export function mergeVantages(vantages: readonly VantageFacts[], asked: readonly Ip[]): Merged | null {
  const all = looked(vantages)
  const chosen = chooseAll(all)
  const main = mainOf(all, chosen, asked)
  if (main === null) return null
  const [only, ...more] = all
  if (only && more.length === 0) return { main: only.name, wire: only.wire.value, own: only.own, probed: only.probed }
  const used = new Set([...chosen.values()].filter(({ address }) => address.asked).map(({ vantage }) => vantage))
  return {
    main: main.name,
    wire: mergedWire(main, all, chosen),
    own: mergedOwn(main, all, [...chosen.values()]),
    probed: [main, ...used].every(({ probed }) => probed),
  }
}

interface Choice {
  readonly address: AddressFacts
  readonly vantage: Looked
}

function addressKey({ ip, vlans }: Pick<AddressFacts, 'ip' | 'vlans'>): string {
  return `${ip} ${vlans.join('.')}`
}

/** For each address the place that learnt most of it; of equals the one that was named first. */
function chooseAll(all: readonly Looked[]): ReadonlyMap<string, Choice> {
  const best = new Map<string, Choice>()
  for (const vantage of all) {
    for (const address of vantage.wire.value.addresses) {
      const before = best.get(addressKey(address))
      if (!before || learnt(address, vantage) > learnt(before.address, before.vantage))
        best.set(addressKey(address), { address, vantage })
    }
  }
  return best
}

/** A machine cannot hear its own answer; then more machines that answer, then more requests that were answered. */
function learnt(address: AddressFacts, { own }: Looked): number {
  const { answered, machines } = answersOf(address, own)
  const away = own.ips.includes(address.ip) ? 0 : 1
  return away * 1e9 + machines.size * 1e6 + Math.min(answered, 1e5)
}

/** Who answered the requests whose answers must have come by here, and how many they were. */
export function answersOf(address: AddressFacts, own: Question['own']) {
  const rounds = heardRounds(address, own)
  const machines = new Set(rounds.flatMap(({ answers }) => answers.map(({ mac }) => mac)))
  return { asked: rounds.length, answered: rounds.filter(({ answers }) => answers.length > 0).length, machines, rounds }
}

/** Its own requests; in a file those of a scan in it, or all that were answered: answers to other machines may go past it. */
function heardRounds(address: AddressFacts, own: Question['own']): readonly Exchange[] {
  const ours: ReadonlySet<Mac> = own.macs.length > 0 ? new Set(own.macs) : askersThatProbed(address)
  const { exchanges } = address
  return exchanges.filter(({ asker, answers }) => ours.has(asker) || (own.macs.length === 0 && answers.length > 0))
}

function mainOf(all: readonly Looked[], chosen: ReadonlyMap<string, Choice>, asked: readonly Ip[]): Looked | null {
  const about = [...chosen.values()].filter(({ address }) => asked.includes(address.ip))
  const count = (one: Looked) => about.filter(({ vantage }) => vantage === one).length
  return all.reduce<Looked | null>((best, one) => (best === null || count(one) > count(best) ? one : best), null)
}

function mergedWire(main: Looked, all: readonly Looked[], chosen: ReadonlyMap<string, Choice>): WireFacts {
  const { value } = main.wire
  const others = all.filter((one) => one !== main).map(({ wire }) => wire.value)
  const together = <T>(of: (wire: WireFacts) => readonly T[], key: (one: T) => string) =>
    firstOfEach([value, ...others].flatMap(of), key)
  const routers = together(
    (wire) => wire.capture.vrrp.routers,
    ({ protocol, family, vlans, vrid }) => `${protocol} ${family} ${vlans.join('.')} ${vrid}`,
  )
  return {
    ...value,
    capture: { ...value.capture, vrrp: { ...value.capture.vrrp, routers } },
    addresses: [...chosen.values()].map(({ address }) => address),
    captures: new Map([...chosen.values()].map(({ address, vantage }) => [address, vantage.wire.value.capture])),
    rates: together(
      ({ rates }) => rates,
      ({ scope, family, kind, mac, ip, vlans }) => `${scope} ${family} ${kind} ${mac} ${ip} ${vlans.join('.')}`,
    ),
    loops: together(
      ({ loops }) => loops,
      ({ sender, target, vlans }) => `${sender} ${target} ${vlans.join('.')}`,
    ),
    senders: together(
      ({ senders }) => senders,
      ({ mac }) => String(mac),
    ),
  }
}

function firstOfEach<T>(items: readonly T[], key: (one: T) => string): T[] {
  const seen = new Set<string>()
  return items.filter((one) => !seen.has(key(one)) && seen.add(key(one)))
}

/**
 * Whose frames are ours: of the places that were chosen, but for a place that answered to another one; and an address is held here only
 * where the place that was chosen for it holds it.
 */
function mergedOwn(main: Looked, all: readonly Looked[], chosen: readonly Choice[]): Question['own'] {
  const used = new Set([main, ...chosen.map(({ vantage }) => vantage)])
  const answered = new Set(
    chosen.flatMap(({ address, vantage }) => {
      const own = new Set(vantage.own.macs)
      return address.claims.filter(({ mac, replies }) => replies > 0 && !own.has(mac)).map(({ mac }) => mac)
    }),
  )
  const held = new Set(chosen.filter(({ address, vantage }) => vantage.own.ips.includes(address.ip)).map(keyOf))
  const about = new Set(chosen.map(keyOf))
  const neighbours = all.flatMap(({ own }) => own.neighbours ?? [])
  return {
    macs: unique([...used].flatMap(({ own }) => own.macs)).filter((mac) => !answered.has(mac)),
    ips: unique([...used].flatMap(({ own }) => own.ips)).filter((ip) => !about.has(ip) || held.has(ip)),
    ...(all.some(({ own }) => own.neighbours) ? { neighbours } : {}),
    ...(main.own.at === undefined ? {} : { at: main.own.at }),
  }
}

function keyOf({ address }: Choice): Ip {
  return address.ip
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}
