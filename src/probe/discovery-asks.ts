import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import type { Responder } from './responder.js'

/** More solicitations from :: than these say no more: who ignores them ignores them. */
const MOST_PROBES = 2
/** A host in its own detection may answer already, without the O flag (RFC 4429); a second and a bit later that is over. */
export const DETECTED_MS = 1200

/**
 * To whom a solicitation from :: may go, as duplicate address detection sends it. It is a conflict to a host that is about to take
 * the address: a single one makes the host give it up for good (net/ipv6/ndisc.c, ndisc_recv_ns). And a kernel that holds the address
 * answers it to all nodes with the O flag, which would correct every neighbour table of the segment, and so cure a fault that is to
 * be seen. Such a kernel is known by its answers to the group, which have that flag too. So it goes to those alone that have
 * answered without it, for longer than a detection takes, in a frame for one host: it tells an announcer, which ignores it, from a proxy.
 */
export class DiscoveryAsks {
  /** Addresses that this machine holds. */
  private readonly isOwn: (ip: Ip) => boolean
  private readonly heard: (vip: Ip) => readonly Responder[]
  private readonly firstHeardAt = new Map<string, number>()
  private readonly probes = new Map<string, number>()

  constructor(isOwn: (ip: Ip) => boolean, heard: (vip: Ip) => readonly Responder[]) {
    this.isOwn = isOwn
    this.heard = heard
  }

  /** Notes who has been heard by now. */
  notice(vip: Ip, now: number): void {
    for (const { mac } of this.heard(vip)) {
      if (!this.firstHeardAt.has(key(vip, mac))) this.firstHeardAt.set(key(vip, mac), now)
    }
  }

  /** The hosts that get one now; each counts as sent. */
  safeToProbe(vip: Ip, now: number): readonly Mac[] {
    if (this.isOwn(vip)) return []
    const macs = this.heard(vip)
      .filter((one) => this.mayProbe(vip, one, now))
      .map(({ mac }) => mac)
    for (const mac of macs) this.probes.set(key(vip, mac), this.sent(vip, mac) + 1)
    return macs
  }

  /** Some would get one, had they been heard long enough. */
  hasUndetected(vip: Ip, now: number): boolean {
    const later = now + DETECTED_MS
    return (
      !this.isOwn(vip) && this.heard(vip).some((one) => this.mayProbe(vip, one, later) && !this.mayProbe(vip, one, now))
    )
  }

  /** The hosts to ask once more: `byGroup` those that the group's requests do not reach, else those that ignored one to them alone. */
  askAgain(vip: Ip): readonly { readonly mac: Mac; readonly byGroup: boolean }[] {
    return this.heard(vip).flatMap(({ mac, advertised }) => {
      if (advertised === undefined || (advertised.answeredGroup && advertised.answeredUnicast)) return []
      return [{ mac, byGroup: advertised.answeredUnicast }]
    })
  }

  private mayProbe(vip: Ip, { mac, answeredProbe, advertised }: Responder, now: number): boolean {
    if (answeredProbe || this.sent(vip, mac) >= MOST_PROBES) return false
    if (!advertised?.answeredGroup || advertised.overrides) return false
    return now - (this.firstHeardAt.get(key(vip, mac)) ?? now) >= DETECTED_MS
  }

  private sent(vip: Ip, mac: Mac): number {
    return this.probes.get(key(vip, mac)) ?? 0
  }
}

function key(vip: Ip, mac: Mac): string {
  return `${vip} ${mac}`
}
