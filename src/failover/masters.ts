import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { vridOf } from '../wire/virtual-mac.js'
import type { SeenAdvert } from './sign.js'

/** One machine stopped to advertise a virtual router, another began: the last advert of the one and the first of the other. */
export interface MasterChange {
  readonly old: SeenAdvert
  readonly new: SeenAdvert
}

/** A virtual router: one protocol and one VRID, of the family of the address. */
interface Router {
  /** Of the machine in charge. */
  last: SeenAdvert
  /** The newest one. */
  change: MasterChange | null
  /** An advert of it had the address. */
  names: boolean
}

/** Who says by VRRP or CARP that it is master of the routers of one segment, and which of these has the address. */
export class Masters {
  private readonly ip: Ip
  /** At most one for each protocol and VRID. */
  private readonly routers = new Map<string, Router>()

  constructor(ip: Ip) {
    this.ip = ip
  }

  hear(seen: SeenAdvert): void {
    const { protocol, family, vrid, source, priority, addresses } = seen.advert
    if (family !== (isIpv4(this.ip) ? 4 : 6)) return
    const key = `${protocol} ${vrid}`
    const known = this.routers.get(key)
    const names = known?.names || addresses.includes(formatIp(this.ip))
    if (known === undefined) this.routers.set(key, { last: seen, change: null, names })
    else if (known.last.advert.source === source) Object.assign(known, { last: seen, names })
    else if (priority !== 0) Object.assign(known, { last: seen, change: { old: known.last, new: seen }, names }) // what resigns is no new master
  }

  /** The last advert of the master where the address is answered with this MAC; null: none was heard, or nobody can say which. */
  last(mac: Mac | null): SeenAdvert | null {
    return this.routerOf(mac)?.last ?? null
  }

  /** The newest change of master there. */
  change(mac: Mac | null): MasterChange | null {
    return this.routerOf(mac)?.change ?? null
  }

  /** A change belongs to one move only. */
  forgetChanges(): void {
    for (const router of this.routers.values()) router.change = null
  }

  /** A virtual MAC names its VRID, but no protocol; and CARP, as what VRRP leaves out of its adverts, names no address. */
  private routerOf(mac: Mac | null): Router | null {
    const vrid = mac === null ? null : vridOf(mac)
    const all = [...this.routers.values()]
    const possible =
      vrid === null ? all.filter(({ names }) => names) : all.filter((one) => one.last.advert.vrid === vrid)
    const naming = possible.filter(({ names }) => names)
    const [only, other] = naming.length > 0 ? naming : possible
    return only !== undefined && other === undefined ? only : null
  }
}
