import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { vridOf } from '../wire/virtual-mac.js'
import type { SeenAdvert } from './sign.js'

/** One machine stopped to advertise an address, another began: the last advert of the one and the first of the other. */
export interface MasterChange {
  readonly old: SeenAdvert
  readonly new: SeenAdvert
}

/** Who says by VRRP or CARP that it is master of the router that has an address. */
export class Masters {
  /** The last one of the router in charge; null: none was heard. */
  last: SeenAdvert | null = null
  /** The newest change. */
  change: MasterChange | null = null
  private readonly ip: Ip

  constructor(ip: Ip) {
    this.ip = ip
  }

  /** `mac`: what the address is answered with; a virtual MAC names its router. */
  hear(seen: SeenAdvert, mac: Mac | null): void {
    if (!this.concerns(seen, mac)) return
    const { last } = this
    if (last !== null && last.advert.source !== seen.advert.source) {
      if (seen.advert.priority === 0) return // what resigns is no new master
      this.change = { old: last, new: seen }
    }
    this.last = seen
  }

  private concerns({ advert }: SeenAdvert, mac: Mac | null): boolean {
    if (advert.addresses.includes(formatIp(this.ip))) return true
    return mac !== null && advert.family === (isIpv4(this.ip) ? 4 : 6) && vridOf(mac) === advert.vrid
  }
}
