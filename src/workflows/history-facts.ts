import type { AddressHistory, AnsweredFrom, HistoryFacts } from '../facts/history.js'
import { type HistoryLine, type LineOf, MOST_RESPONDERS } from '../watch/history-line.js'
import { PastServices } from './past-services.js'

/** Of one address or Service; the oldest go first. */
const MOST_RECORDS = 1000

/** What the lines of a history say of some addresses, and of all Services; null where they say of no time. */
export function historyFacts(lines: readonly HistoryLine[], ips: readonly string[]): HistoryFacts | null {
  const [past, services] = [new Past(ips), new PastServices()]
  for (const line of lines) {
    past.take(line)
    services.take(line)
  }
  const last = lines.findLast(({ event }) => event !== 'lost')
  if (last === undefined) return null
  return {
    until: last.at,
    addresses: past.addresses(),
    services: services.all(),
  }
}

/** Of one address at one interface. */
interface Told {
  readonly ip: string
  readonly records: AnsweredFrom[]
  /** Nothing is known of it from then on; null: nothing has changed since its last record. */
  unseenFrom: string | null
}

/** Who answered when, and from when to when nobody can say. */
class Past {
  private readonly asked: ReadonlySet<string>
  private readonly told = new Map<string, Map<string, Told>>()
  /** The ends of the last two windows of each interface of which there is a line. */
  private readonly ends = new Map<string, { readonly last: string; readonly before: string | null }>()

  constructor(ips: readonly string[]) {
    this.asked = new Set(ips)
  }

  take(line: HistoryLine): void {
    if (line.event === 'vip') {
      this.end(line)
      if (this.asked.has(line.ip)) this.takeVip(line)
    } else if (line.event === 'vip-gone') {
      this.end(line)
      breakOff(this.told.get(line.interface)?.get(line.ip), this.ends.get(line.interface)?.before)
    } else if (line.event === 'ended') this.breakAllOff(line.judgedUntil)
    else if (line.event === 'lost') this.breakAllOff()
    else if (line.event === 'begun' && !line.continued) this.begin(line.at)
  }

  /** Its clock is another one than that of the lines before: what was known ends at its begin at the latest. */
  private begin(at: string): void {
    for (const [device, byIp] of this.told)
      for (const one of byIp.values()) {
        breakOff(one, this.ends.get(device)?.last)
        if (one.unseenFrom !== null && one.unseenFrom > at) one.unseenFrom = at
      }
    this.ends.clear()
  }

  /** What several interfaces saw, which may be of several segments, is compared with nothing. */
  addresses(): AddressHistory[] {
    const all = [...this.told.values()].flatMap((byIp) => [...byIp.values()])
    return all
      .filter(({ ip, records }) => records.length > 0 && all.filter((one) => one.ip === ip).length === 1)
      .map(({ ip, records, unseenFrom }) => ({ ip, records, ...(unseenFrom === null ? {} : { until: unseenFrom }) }))
  }

  private takeVip(line: LineOf<'vip'>): void {
    const { at, interface: device, ip, responders: machines } = line
    const told = this.of(device, ip)
    if (!tellsAll(line)) breakOff(told, this.ends.get(device)?.before)
    else if (told.records.at(-1)?.at !== at) {
      // what stands is said again where a file begins
      told.records.push({ at, machines, ...(told.unseenFrom === null ? {} : { unseenFrom: told.unseenFrom }) })
      if (told.records.length > MOST_RECORDS) told.records.shift()
      told.unseenFrom = null
    }
  }

  /** A window of which nothing is known began where the one before it ended. */
  private end({ interface: device, at }: LineOf<'vip' | 'vip-gone'>): void {
    const last = this.ends.get(device)?.last ?? null
    if (last === null || at > last) this.ends.set(device, { last: at, before: last })
  }

  private of(device: string, ip: string): Told {
    const byIp = this.told.get(device) ?? new Map<string, Told>()
    this.told.set(device, byIp)
    const told = byIp.get(ip) ?? { ip, records: [], unseenFrom: null }
    byIp.set(ip, told)
    return told
  }

  private breakAllOff(at?: string): void {
    for (const [device, byIp] of this.told)
      for (const one of byIp.values()) breakOff(one, at ?? this.ends.get(device)?.last)
  }
}

function breakOff(told: Told | undefined, at: string | null | undefined): void {
  if (told !== undefined) told.unseenFrom ??= at ?? null
}

/** In a window without requests, or of which nothing is known, who was not heard may have been there; where too many answered, who is not named. */
function tellsAll({ asked, verdict, responders }: LineOf<'vip'>): boolean {
  return asked && verdict !== 'inconclusive' && responders.length < MOST_RESPONDERS
}
