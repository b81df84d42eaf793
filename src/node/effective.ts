import type { ScopedValues, Sysctls } from './model.js'

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
  forwarding: 'interface',
} as const satisfies Record<string, Combine>

export type EffectiveName = keyof typeof COMBINE

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
  const own = scoped(sysctls.ipv4, on, name)
  if (own === null) return null
  const combine = COMBINE[name]
  const all = combine === 'interface' ? null : scoped(sysctls.ipv4, 'all', name)
  return {
    key: confKey(on, name),
    allKey: confKey('all', name),
    interface: on,
    value: join(combine, all ?? own, own),
    all,
    own,
    combine,
  }
}

/** One raw value; null when not shown. */
export function scoped(values: ScopedValues, scope: string, name: string): number | null {
  const inScope = Object.hasOwn(values, scope) ? values[scope]! : {}
  return Object.hasOwn(inScope, name) ? inScope[name]! : null
}

/** The sysctl key of a `net.ipv4.conf` value. */
export function confKey(scope: string, name: string): string {
  return `net.ipv4.conf.${scope.replaceAll('.', '/')}.${name}`
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
