import { decodeAdvert } from '../wire/advert.js'
import { ArpDecoder, OUTCOME, WORD } from '../wire/arp-decoder.js'
import { macAt } from '../wire/decode-frame.js'
import { ADVERTISED, DISCOVERIES, DISCOVERY, type DiscoveryDecoder } from '../wire/discovery-decoder.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import type { FrameSink } from '../wire/frame-sink.js'
import type { Ip } from '../wire/ip.js'
import { ipv6Of } from '../wire/ipv6.js'
import { linkTypeName } from '../wire/link-type.js'
import { isGroupMac, type Mac } from '../wire/mac.js'
import type { Hearer, Sign } from './sign.js'

/** Time that runs backwards by more than this is a clock that was set, and no frame out of order. */
const STEP_MICROS = 1_000_000

/** Hears in the frames of a capture who asks for an address, who answers and who announces it. */
export class Listener implements FrameSink {
  frames = 0
  firstAt: number | null = null
  lastAt: number | null = null
  /** How often the clock was set back by more than a second. */
  stepsBack = 0
  /** What could not be read and may hold answers, by its name. */
  readonly unread = new Map<string, number>()
  private readonly hearer: Hearer
  private readonly decoder = new ArpDecoder()

  constructor(hearer: Hearer) {
    this.hearer = hearer
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    const at = seconds * 1e6 + Math.floor(nanos / 1000)
    this.note(at)
    const outcome = this.decoder.decode(view, start, end, linkType)
    if (outcome === OUTCOME.arp) this.arp(at)
    else if (outcome === OUTCOME.unreadLinkType) this.damaged(`link type ${linkTypeName(linkType)}`)
    else if (outcome === OUTCOME.truncatedArp) this.damaged('ARP that is cut off')
    else if (this.decoder.discovery !== DISCOVERY.none) this.discovery(view, at)
    else if (this.decoder.isVrrp) this.advert(view, at)
  }

  otherRecord(): void {}

  linkType(): void {}

  damaged(what: string): void {
    this.unread.set(what, (this.unread.get(what) ?? 0) + 1)
  }

  private note(at: number): void {
    this.frames += 1
    if (this.lastAt !== null && at < this.lastAt - STEP_MICROS) this.stepsBack += 1
    this.firstAt ??= at
    this.lastAt = at
  }

  private get vlans(): readonly number[] {
    return [...this.decoder.vlans.subarray(0, this.decoder.vlanCount)]
  }

  /** A sender pair with its own address as target announces; another reply answers; a request to all asks. */
  private arp(at: number): void {
    const { words } = this.decoder
    const [oper, spa, tpa] = [words[WORD.arp]! >>> 16, words[WORD.spa]! >>> 0, words[WORD.tpa]! >>> 0]
    const [ethDst, ethSrc, mac] = [macAt(words, 0, false), macAt(words, 1, true), macAt(words, 3, true)]
    if (oper !== ARP_REQUEST && oper !== ARP_REPLY) return
    if (spa === tpa && spa !== 0) {
      const form = oper === ARP_REQUEST ? 'gratuitous ARP request' : 'gratuitous ARP reply'
      this.hearer.sign(spa, this.vlans, { what: 'announcement', at, mac, form })
    } else if (oper === ARP_REPLY) this.hearer.sign(spa, this.vlans, { what: 'answer', at, mac, to: ethDst })
    else this.ask(tpa, at, ethDst, ethSrc)
  }

  private discovery(view: DataView, at: number): void {
    const { words, discovery, neighbours } = this.decoder
    const [ethDst, ethSrc] = [macAt(words, 0, false), macAt(words, 1, true)]
    const ip = ipv6Of(neighbours.target)
    if (discovery === DISCOVERY.truncated) this.damaged(DISCOVERIES[discovery])
    else if (discovery === DISCOVERY.neighborSolicitation) this.ask(ip, at, ethDst, ethSrc)
    else if (discovery === DISCOVERY.neighborAdvertisement)
      this.hearer.sign(ip, this.vlans, advertised(neighbours, linkAddressOf(view, neighbours) ?? ethSrc, ethDst, at))
  }

  /** A request to one host says nothing of an address that has moved to another. */
  private ask(ip: Ip, at: number, to: Mac, asker: Mac): void {
    if (isGroupMac(to)) this.hearer.sign(ip, this.vlans, { what: 'ask', at, asker })
  }

  private advert(view: DataView, at: number): void {
    const advert = decodeAdvert(view, this.decoder.vrrp)
    if (typeof advert !== 'string') this.hearer.advert(this.vlans, { at, advert })
  }
}

function linkAddressOf(view: DataView, { linkAddressAt }: DiscoveryDecoder): Mac | null {
  return linkAddressAt < 0 ? null : view.getUint16(linkAddressAt) * 2 ** 32 + view.getUint32(linkAddressAt + 2)
}

/** Solicited ones answer, the others announce. */
function advertised({ flags }: DiscoveryDecoder, mac: Mac, to: Mac, at: number): Sign {
  if ((flags & ADVERTISED.solicited) !== 0) return { what: 'answer', at, mac, to }
  const form = (flags & ADVERTISED.override) !== 0 ? 'override advertisement' : 'advertisement without override'
  return { what: 'announcement', at, mac, form }
}
