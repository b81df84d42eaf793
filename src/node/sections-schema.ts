import { z } from 'zod'
import { listOf, recordOf } from '../first-wrong.js'
import { ADDRESS_FLAGS, type Host, type SectionName, type Sections } from './model.js'
import { MOST_LINKS } from './parse/links.js'

/** The schema of the sections in a saved host, member by member the model; the compiler holds the two together. */

const text = z.string()
const textOrNull = text.nullable()
const number = z.number()
const numberOrNull = number.nullable()
const flag = z.boolean()
const yes = z.literal(true).exactOptional()
const flagOrNull = flag.nullable()
const family = z.union([z.literal(4), z.literal(6)])
const prefix = z.object({ ip: text, length: number })
const manager = z.enum(['netplan', 'NetworkManager', 'systemd-networkd', 'ifupdown'])
const values = recordOf(number)
const scoped = recordOf(values)

const link = z.object({
  name: text,
  index: number,
  mac: numberOrNull,
  permanentMac: numberOrNull,
  flags: listOf(text),
  operstate: text,
  mtu: number,
  master: textOrNull,
  parent: textOrNull,
  promiscuity: numberOrNull,
  promiscuousFlag: flagOrNull,
  kind: textOrNull,
  role: z.enum([
    ...(['loopback', 'uplink', 'bridge', 'bridge-port', 'bond', 'bond-member', 'vlan', 'macvlan'] as const),
    ...(['cni-veth', 'ipvs', 'dummy', 'tunnel', 'other'] as const),
  ]),
  facesSegment: flag,
  wireless: flag,
  bridge: z
    .object({
      vlanFiltering: flagOrNull,
      nfCallIptables: flagOrNull,
    })
    .nullable(),
  bridgePort: z
    .object({
      bridge: text,
      state: z.enum(['disabled', 'listening', 'learning', 'forwarding', 'blocking']).nullable(),
      proxyArp: flagOrNull,
      proxyArpWifi: flagOrNull,
      neighSuppress: flagOrNull,
      hairpin: flagOrNull,
      learning: flagOrNull,
      flood: flagOrNull,
      multicastFlood: flagOrNull,
      broadcastFlood: flagOrNull,
      isolated: flagOrNull,
      locked: flagOrNull,
    })
    .nullable(),
  bond: z.object({ mode: text, failOverMac: textOrNull, activeMember: textOrNull }).nullable(),
  vlanId: numberOrNull,
  macvlanMode: textOrNull,
  vrfTable: text.exactOptional(),
  vxlanProxy: flag.exactOptional(),
  xdp: text.exactOptional(),
})

const gap = z.object({ subject: text, reason: text, hint: text })

const filterChains = z.object({
  chains: listOf(
    z.object({
      tool: z.enum(['nft', 'ebtables', 'arptables']),
      family: z.enum(['arp', 'bridge', 'netdev', 'inet', 'ip6']),
      table: text,
      name: text,
      hook: textOrNull,
      devices: listOf(text),
      priority: number,
      type: text.exactOptional(),
      policy: z.enum(['accept', 'drop']),
      rules: listOf(text),
      handles: listOf(numberOrNull).exactOptional(),
    }),
  ),
  unread: gap.nullable(),
})

const SECTIONS: { readonly [N in SectionName]: z.ZodType<Sections[N]> } = {
  kernel: z.object({ release: text, os: z.object({ prettyName: text }) }),
  sysctls: z.object({
    ipv4: scoped,
    ipv6: scoped,
    neigh4: scoped,
    neigh6: scoped,
    bridge: values,
    ipForward: numberOrNull,
  }),
  links: listOf(link).max(MOST_LINKS),
  addresses: listOf(
    z.object({
      interface: text,
      family,
      ip: text,
      prefix: number,
      scope: text,
      peer: text.exactOptional(),
      flags: listOf(z.enum(ADDRESS_FLAGS)).exactOptional(),
    }),
  ),
  routes: listOf(
    z.object({
      family,
      table: text,
      type: text,
      destination: prefix,
      hops: listOf(z.object({ device: textOrNull, gateway: textOrNull, dead: yes, linkDown: yes })),
      metric: number,
      source: textOrNull,
      protocol: text,
      tos: text.exactOptional(),
    }),
  ),
  rules: listOf(
    z.object({
      family,
      priority: number,
      from: prefix.nullable(),
      to: prefix.nullable(),
      inputInterface: textOrNull,
      outputInterface: textOrNull,
      mark: textOrNull,
      table: textOrNull,
      other: flag,
      details: z
        .object({
          inverted: flag,
          vrf: flag,
          action: textOrNull,
          goto: numberOrNull,
          suppressLength: numberOrNull,
          never: flag,
          unread: listOf(text),
        })
        .exactOptional(),
    }),
  ),
  neighbours: listOf(z.object({ family, ip: text, interface: text, mac: numberOrNull, states: listOf(text) })),
  proxyNeighbours: listOf(z.object({ family, ip: text, interface: text })),
  solicitedGroups: listOf(z.object({ interface: text, group: text })),
  bridgeVlans: listOf(z.object({ interface: text, vid: number, pvid: flag, untagged: flag })),
  bonding: listOf(
    z.object({
      bond: text,
      mode: text,
      activeMember: textOrNull,
    }),
  ),
  listeners: listOf(z.object({ protocol: z.enum(['tcp', 'udp']), address: text, port: number })),
  kernelLog: listOf(text),
  filterChains,
  ipv6FilterChains: filterChains,
  programs: listOf(z.object({ device: text, direction: z.enum(['ingress', 'egress']), text, seesArp: flag })),
  fdb: listOf(z.object({ mac: number, port: text, bridge: text, vlan: numberOrNull })),
  counters: z.object({ reversePathFilter: numberOrNull }),
  managers: listOf(manager),
  owners: listOf(z.object({ interface: text, manager, file: text, connection: textOrNull })),
  keepalived: z.object({
    running: flag,
    instances: listOf(
      z.object({
        name: text,
        file: text.exactOptional(),
        interface: textOrNull,
        vrid: numberOrNull,
        family,
        version: z.union([z.literal(2), z.literal(3)]),
        priority: number.exactOptional(),
        advertMs: number,
        authentication: textOrNull,
        unicastPeers: listOf(text),
        addresses: listOf(z.object({ ip: text, prefix: numberOrNull, device: textOrNull })),
      }),
    ),
    filters: listOf(
      z.object({
        tool: z.enum(['nft', 'iptables']),
        chain: text,
        does: z.enum(['drops', 'accepts', 'drops-all-else']),
        text,
      }),
    ).nullable(),
  }),
}

function known<T>(value: z.ZodType<T>) {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value, from: text }),
    z.object({ known: z.literal(false), gap }),
  ])
}

/** A section that came later than the file. */
const NOT_SAVED = { known: false as const, gap: { subject: 'a section', reason: 'not collected', hint: '' } }

const shape = Object.fromEntries(
  Object.entries(SECTIONS).map(([name, value]) => [name, known(value as z.ZodType<unknown>).default(NOT_SAVED)]),
)

/** Each of them, known or not; the cast says what `SECTIONS` holds. */
export const sectionsSchema = z.object(shape) as unknown as z.ZodType<Host['sections']>
