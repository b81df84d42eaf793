import type { InterfaceChoice } from './announcer.js'

/** What the manners of announcers have in common. */

export const ALL_INTERFACES: InterfaceChoice = { kind: 'all' }
export const UNKNOWN_INTERFACES: InterfaceChoice = { kind: 'unknown' }

/** What any program that reads ARP itself answers: MetalLB and OpenELB drop only frames to another MAC, Cilium's eBPF likewise. Of IPv6 it says nothing. */
export const ANSWERS_ALL = { broadcast: true, unicast: true, probe: true } as const

export const ANSWERS_NONE = { broadcast: false, unicast: false, probe: false } as const
/** What it does was neither read nor tried. */
export const ANSWERS_UNKNOWN = { broadcast: null, unicast: null, probe: null } as const

export function isIpv6Text(ip: string): boolean {
  return ip.includes(':')
}

/** The address stands on an interface, so that the kernel answers. */
export const BY_KERNEL = { kernelHasASay: true, answers: ANSWERS_ALL } as const

/** One interface, by the member of the object that names it. */
export function named(name: string, object: string, path: string): InterfaceChoice {
  return { kind: 'names', names: [name], objects: [object], path }
}
