import { isOnEveryLink, isOnLink, type NetworkInterface } from '../../capture/interfaces.js'
import type { LiveCapture } from '../../capture/open-live.js'
import type { Question } from '../../facts/question.js'
import type { ServiceAddresses } from '../../probe/asking.js'
import type { Asker } from '../../probe/run.js'
import type { Ip } from '../../wire/ip.js'
import { askerOn } from '../asking.js'

/**
 * This machine as it is while a window lasts: its addresses come and go. A request must never name one that it lost or that is a VIP,
 * and an address that it held at any moment of a window is one whose own answers were not heard.
 */
export class OwnPlace {
  private all: readonly NetworkInterface[]
  private device: NetworkInterface
  private asker: Asker
  private readonly held = new Set<Ip>()
  private readonly vips: () => readonly Ip[]
  private readonly services: () => ServiceAddresses
  private readonly isAnywhere: () => boolean
  /** Put on the link by a route alone. */
  private readonly routed: ReadonlySet<Ip>

  /** `isAnywhere`: nobody said that the addresses are on this segment. */
  constructor(
    live: LiveCapture,
    vips: () => readonly Ip[],
    services: () => ServiceAddresses,
    isAnywhere: () => boolean = () => false,
  ) {
    this.vips = vips
    this.services = services
    this.isAnywhere = isAnywhere
    this.all = live.all
    this.device = live.interface
    const { elsewhere, interface: device } = live
    this.routed = new Set(elsewhere && vips().filter((ip) => !elsewhere.includes(ip) && !isOnLink(ip, device)))
    this.asker = askerOn(live, vips(), services())
    this.beginWindow()
  }

  /** `all` as read now; without it only VIPs and Services are new. Where the interface is not among them, no request is sent. */
  refresh(all: readonly NetworkInterface[] = this.all): void {
    this.all = all
    this.device = all.find(({ index }) => index === this.device.index) ?? { ...this.device, addresses: [] }
    this.asker = askerOn({ interface: this.device, all }, this.vips(), this.services())
    for (const ip of this.addresses()) this.held.add(ip)
  }

  beginWindow(): void {
    this.held.clear()
    for (const ip of this.addresses()) this.held.add(ip)
  }

  get asking(): Asker {
    return this.asker
  }

  canAsk(ip: Ip): boolean {
    return this.asker.addressesFor(ip).length > 0
  }

  isOwn(ip: Ip): boolean {
    return this.held.has(ip)
  }

  isOnLink(ip: Ip): boolean {
    return isOnLink(ip, this.device)
  }

  question(): Question['own'] {
    const elsewhere = this.isAnywhere() ? this.vips().filter((ip) => !this.isHere(ip)) : []
    return {
      macs: this.all.flatMap(({ mac }) => (mac ? [mac] : [])),
      ips: [...this.held],
      ...(elsewhere.length > 0 ? { elsewhere } : {}),
    }
  }

  private isHere(ip: Ip): boolean {
    return isOnEveryLink(ip) || this.isOnLink(ip) || this.routed.has(ip)
  }

  private addresses(): Ip[] {
    return this.all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip))
  }
}
