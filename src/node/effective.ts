import type { Family, ScopedValues, Sysctls } from './model.js'

/** How the kernel joins `conf.all` with `conf.<interface>` (include/linux/inetdevice.h). */
export type Combine = 'max' | 'or' | 'and' | 'interface'

const COMBINE = {
  rp_filter: 'max',
  arp_ignore: 'max',
  arp_announce: 'max',
  arp_notify: 'max',
  arp_accept: 'max',
  proxy_arp: 'or',
  proxy_arp_pvlan: 'or',
  arp_filter: 'or',
  drop_gratuitous_arp: 'or',
  accept_local: 'or',
  promote_secondaries: 'or',
  arp_evict_nocarrier: 'and',
  route_localnet: 'or',
  send_redirects: 'or',
  ignore_routes_with_linkdown: 'or',
  medium_id: 'interface',
  forwarding: 'interface',
} as const satisfies Record<string, Combine>

export type EffectiveName = keyof typeof COMBINE

/** `net.ipv6.conf`, as net/ipv6/ndisc.c, addrconf.c and ip6_output.c read it. */
const COMBINE_6 = {
  accept_dad: 'max',
  accept_ra: 'interface',
  addr_gen_mode: 'interface',
  dad_transmits: 'interface',
  disable_ipv6: 'interface',
  drop_unsolicited_na: 'interface',
  force_forwarding: 'interface',
  forwarding: 'interface',
  ndisc_notify: 'or',
  proxy_ndp: 'or',
  suppress_frag_ndisc: 'interface',
} as const satisfies Record<string, Combine>

export type EffectiveName6 = keyof typeof COMBINE_6

export function isEffectiveName6(name: string): name is EffectiveName6 {
  return Object.hasOwn(COMBINE_6, name)
}

/** A setting of `net.ipv4.conf` that l2doctor reads; an older snapshot may lack it. */
export function isEffectiveName(name: string): name is EffectiveName {
  return Object.hasOwn(COMBINE, name)
}

/** What holds on one interface, with both inputs, so that a reader can check it. */
export interface Effective {
  /** `net.ipv4.conf.eth0.rp_filter`; a dot in an interface name is written `/`, as sysctl(8) wants it. */
  readonly key: string
  readonly allKey: string
  readonly interface: string
  readonly value: number
  /** `conf.all`; null when it plays no part or was not shown. */
  readonly all: number | null
  readonly own: number
  readonly combine: Combine
}

/** The kernel's own combination on one interface; null when this kernel does not show the value there. */
export function effective(sysctls: Pick<Sysctls, 'ipv4'>, name: EffectiveName, on: string): Effective | null {
  return combined(sysctls.ipv4, COMBINE[name], name, on, 4)
}

/** The same of `net.ipv6.conf`. */
export function effective6(sysctls: Pick<Sysctls, 'ipv6'>, name: EffectiveName6, on: string): Effective | null {
  return combined(sysctls.ipv6, COMBINE_6[name], name, on, 6)
}

function combined(values: ScopedValues, combine: Combine, name: string, on: string, family: Family): Effective | null {
  const own = scoped(values, on, name)
  if (own === null) return null
  const all = combine === 'interface' ? null : scoped(values, 'all', name)
  return {
    key: confKey(on, name, family),
    allKey: confKey('all', name, family),
    interface: on,
    value: join(combine, all ?? own, own),
    all,
    own,
    combine,
  }
}

/** One raw value; null when not shown. */
export function scoped(values: ScopedValues, scope: string, name: string): number | null {
  // a host names its interfaces, `constructor` too: what an object inherits is no object of numbers
  const inScope: unknown = values[scope]
  if (typeof inScope !== 'object' || inScope === null) return null
  const value: unknown = (inScope as Record<string, unknown>)[name]
  return typeof value === 'number' ? value : null
}

/** The sysctl key of a `net.ipv4.conf` or `net.ipv6.conf` value. */
export function confKey(scope: string, name: string, family: Family = 4): string {
  return `net.ipv${family}.conf.${scope.includes('.') ? scope.replaceAll('.', '/') : scope}.${name}`
}

function join(combine: Combine, all: number, own: number): number {
  switch (combine) {
    case 'max':
      return Math.max(all, own)
    case 'or':
      return Number(all !== 0 || own !== 0)
    case 'and':
      return Number(all !== 0 && own !== 0)
    case 'interface':
      return own
  }
}
