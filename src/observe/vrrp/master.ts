import type { Advert } from '../../wire/advert.js'
import type { Mac } from '../../wire/mac.js'
import type { Micros } from '../micros.js'
import type { Beside, Said, VrrpMaster } from './model.js'
import { rank } from './rank.js'

const MOST_MACS = 4
const MOST_SAID = 8
export const MOST_PEERS = 16
/** RFC 9568 section 6.1: a backup waits three intervals and a bit; what is missed until then may be one lost frame. */
const PAUSE_INTERVALS = 3.5
const HOP_LIMIT = 255

export interface Arrival {
  readonly at: Micros
  readonly frame: number
  readonly mac: Mac
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** One machine that advertises, while the capture is read. */
export class Master {
  readonly ip: string
  readonly protocol: Advert['protocol']
  readonly besides = new Map<string, Writable<Beside>>()
  lastAt: Micros
  lastFrame: number
  priority: number
  intervalMs: number
  /** Those of its last advert. */
  addresses: readonly string[]
  private readonly firstAt: Micros
  private readonly firstFrame: number
  private readonly macs = new Set<Mac>()
  private readonly peers = new Set<string>()
  private readonly said: Writable<Said>[] = []
  private readonly counts = { adverts: 0, resigned: 0, wrongChecksum: 0, wrongHopLimit: 0 }

  constructor(advert: Advert, { at, frame }: Arrival) {
    this.ip = advert.source
    this.protocol = advert.protocol
    this.firstAt = this.lastAt = at
    this.firstFrame = this.lastFrame = frame
    this.priority = advert.priority
    this.intervalMs = advert.intervalMs
    this.addresses = advert.addresses
  }

  /** It has said nothing for so long that a backup takes over. */
  isSilent(at: Micros): boolean {
    return at - this.lastAt > PAUSE_INTERVALS * 1000 * Math.max(this.intervalMs, 10)
  }

  get hasResigned(): boolean {
    return this.priority === 0
  }

  note(advert: Advert, { at, frame, mac }: Arrival): void {
    const { counts } = this
    counts.adverts++
    if (advert.priority === 0) counts.resigned++
    if (advert.checksum === 'wrong') counts.wrongChecksum++
    if (advert.hopLimit !== HOP_LIMIT) counts.wrongHopLimit++
    if (this.macs.size < MOST_MACS) this.macs.add(mac)
    if (advert.to !== null && this.peers.size < MOST_PEERS) this.peers.add(advert.to)
    this.noteSaid(advert, at, frame)
    this.lastAt = at
    this.lastFrame = frame
    this.priority = advert.priority
    this.intervalMs = advert.intervalMs
    this.addresses = advert.addresses
  }

  /** It advertised on although another had advertised since, or began although another went on. */
  noteBeside(other: Master, priority: number, { at, frame }: Pick<Arrival, 'at' | 'frame'>): void {
    const known = this.besides.get(other.ip)
    const outranked = Number(rank(this.protocol, other, { ip: this.ip, priority }) > 0)
    if (known) {
      known.times++
      known.outranked += outranked
      known.lastAt = at
    } else
      this.besides.set(other.ip, {
        ip: other.ip,
        times: 1,
        outranked,
        firstAt: at,
        lastAt: at,
        frame,
        otherFrame: other.lastFrame,
      })
  }

  facts(): VrrpMaster {
    const { ip, firstAt, lastAt, firstFrame, lastFrame, counts } = this
    return {
      ip,
      macs: [...this.macs],
      peers: [...this.peers],
      firstAt,
      lastAt,
      firstFrame,
      lastFrame,
      ...counts,
      said: this.said.map((one) => ({ ...one })),
      besides: [...this.besides.values()].map((one) => ({ ...one })),
    }
  }

  /** Resigning says nothing new of how the machine is set up, and a priority that comes and goes is listed once. */
  private noteSaid(advert: Advert, at: Micros, frame: number): void {
    if (advert.priority === 0) return
    const known = this.said.find((one) => isSame(one, advert))
    if (known) Object.assign(known, { adverts: known.adverts + 1, lastAt: at, lastFrame: frame })
    else if (this.said.length < MOST_SAID) this.said.push(saidIn(advert, at, frame))
  }
}

function saidIn({ version, priority, intervalMs, authentication, addresses, to }: Advert, at: Micros, frame: number) {
  return {
    version,
    priority,
    intervalMs,
    authentication,
    addresses,
    unicast: to !== null,
    adverts: 1,
    firstAt: at,
    firstFrame: frame,
    lastAt: at,
    lastFrame: frame,
  }
}

function isSame(said: Said, advert: Advert): boolean {
  return (
    said.priority === advert.priority &&
    said.version === advert.version &&
    said.intervalMs === advert.intervalMs &&
    said.authentication === advert.authentication &&
    said.unicast === (advert.to !== null) &&
    said.addresses.length === advert.addresses.length &&
    said.addresses.every((address, at) => address === advert.addresses[at])
  )
}
