import type { FilterChain, Prefix, Route, RoutingRule } from '../../node/model.js'
import type { Mac } from '../../wire/mac.js'

/** One change of a host's configuration, as a fix makes it. */
export type Change =
  /** `net.ipv4.conf.eth0.arp_ignore`; a dot in an interface's name is written `/`. */
  | { readonly kind: 'sysctl'; readonly key: string; readonly value: number }
  | {
      readonly kind: 'address-add' | 'address-del'
      readonly address: Prefix
      readonly device: string
      /** Of IPv6: it is there at once, without duplicate address detection. */
      readonly nodad?: true
    }
  | { readonly kind: 'route-add' | 'route-del'; readonly route: Route }
  | { readonly kind: 'rule-add' | 'rule-del'; readonly rule: RoutingRule }
  | { readonly kind: 'proxy-add' | 'proxy-del'; readonly ip: string; readonly device: string }
  | {
      readonly kind: 'neighbour-add' | 'neighbour-del'
      readonly ip: string
      /** `02:00:00:00:00:01` */
      readonly mac: string
      /** Made by hand: it stays until it is deleted. */
      readonly permanent: boolean
      readonly device: string
    }
  | { readonly kind: 'port'; readonly device: string; readonly flag: PortFlag; readonly on: boolean }
  | { readonly kind: 'link'; readonly device: string; readonly flag: LinkFlag; readonly on: boolean }
  | { readonly kind: 'link-mac'; readonly device: string; readonly mac: Mac }
  | ({ readonly kind: 'filter-add' | 'filter-del' } & FilterRule)

/** A rule of a packet filter that sees ARP or neighbour discovery, and its place. */
export interface FilterRule extends Pick<FilterChain, 'tool' | 'family' | 'table'> {
  readonly chain: string
  /** As the tool prints it. */
  readonly rule: string
  /** How many rules stand before it in its chain; null: it is the last. */
  readonly at: number | null
  /** The number by which nft names it; null: not known. */
  readonly handle: number | null
}

/** As `bridge link set` names them. */
export type PortFlag =
  | 'proxy_arp'
  | 'proxy_arp_wifi'
  | 'neigh_suppress'
  | 'isolated'
  | 'bcast_flood'
  | 'flood'
  | 'hairpin'
  | 'learning'

/** `up`: `ip link set up|down`; `arp`: `ip link set arp on|off`. */
export type LinkFlag = 'up' | 'arp'

/** A change of one host. */
export interface HostChange {
  readonly host: string
  readonly change: Change
}
