import type { NetworkInterface } from '../../capture/interfaces.js'
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
  private readonly elsewhere: readonly Ip[]

  constructor(live: LiveCapture, vips: () => readonly Ip[], services: () => ServiceAddresses) {
    this.vips = vips
    this.services = services
    this.all = live.all
    this.device = live.interface
    this.elsewhere = live.elsewhere ?? []
    this.asker = askerOn(live, vips(), services())
    this.beginWindow()
  }

  /** `all` as read now. Where the interface is not among them, no request is sent. */
  refresh(all: readonly NetworkInterface[]): void {
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

  question(): Question['own'] {
    return {
      macs: this.all.flatMap(({ mac }) => (mac ? [mac] : [])),
      ips: [...this.held],
      ...(this.elsewhere.length > 0 ? { elsewhere: this.elsewhere } : {}),
    }
  }

  private addresses(): Ip[] {
    return this.all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip))
  }
}
