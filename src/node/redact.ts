import { type Gap, mapKnown, valueOr } from '../known.js'
import {
  type Declared,
  figure,
  interfaceName,
  knownOf,
  mac,
  mapOf,
  oneOf,
  redacted,
  strictlyOneOf,
  version,
  words,
} from '../redact/declare.js'
import type { Pseudonyms } from '../redact/pseudonyms.js'
import { formatIpv6, parseIpv6 } from '../wire/ipv6.js'
import { solicitedNodeOf } from '../wire/write-discovery.js'
import { buildHost, commandNames, type HostRecord, NO_REASON } from './host.js'
import { hostFailure, isFailureKind } from './host-failure.js'
import { ADDRESS_FLAGS, type FilterChains, type Host, type SectionName, type Sections, UNNAMED_GROUP } from './model.js'
import { gapInOurWords } from './saved-sections.js'

type Declarations = { readonly [N in SectionName]: Declared<Sections[N]> }

const prefix = { ip: words, length: figure }
const scope = interfaceName
const values = mapOf<number>(
  (name, to) => (/^[a-z][a-z0-9_-]{1,40}$/.test(name) ? sysctlName(name) : to.text(name)),
  figure,
)
const scoped = mapOf(scope, values)
const [family, yes] = [figure, figure]

/** The settings that the collector reads. */
const SYSCTLS = new Set(
  `accept_local arp_accept arp_announce arp_evict_nocarrier arp_filter arp_ignore arp_notify drop_gratuitous_arp forwarding
  promote_secondaries proxy_arp proxy_arp_pvlan rp_filter disable_ipv6 ndisc_notify proxy_ndp proxy_delay gc_thresh1 gc_thresh2
  gc_thresh3 accept_dad accept_ra addr_gen_mode dad_transmits drop_unsolicited_na force_forwarding suppress_frag_ndisc bridge-nf-call-arptables bridge-nf-call-iptables bridge-nf-call-ip6tables bridge-nf-filter-pppoe-tagged
  bridge-nf-filter-vlan-tagged bridge-nf-pass-vlan-input-dev`.split(/\s+/),
)

function sysctlName(name: string): string {
  return SYSCTLS.has(name) ? name : 'other'
}

const MANAGER = strictlyOneOf('ifupdown', 'netplan', 'NetworkManager', 'systemd-networkd')

/** A rule without what people wrote beside it. */
const filterRule = (text: string, to: Pseudonyms): string => to.text(text.replace(/ ?comment "(?:[^"\\]|\\.)*"/g, ''))

const filterChains: Declared<FilterChains> = {
  chains: {
    tool: strictlyOneOf('nft', 'ebtables', 'arptables'),
    family: strictlyOneOf('arp', 'bridge', 'netdev', 'inet', 'ip6'),
    table: words,
    name: words,
    hook: words,
    devices: interfaceName,
    priority: figure,
    type: oneOf('filter', 'nat', 'route'),
    policy: strictlyOneOf('accept', 'drop'),
    rules: filterRule,
    handles: figure,
  },
  unread: { subject: () => 'packet filters', reason: () => NO_REASON, hint: () => '' },
}

/** What becomes of each member of a host's sections. */
const SECTIONS: Declarations = {
  kernel: {
    release: version,
    os: { prettyName: version },
  },
  sysctls: { ipv4: scoped, ipv6: scoped, neigh4: scoped, neigh6: scoped, bridge: values, ipForward: figure },
  links: {
    name: interfaceName,
    index: figure,
    mac,
    permanentMac: mac,
    flags: words,
    operstate: words,
    mtu: figure,
    master: interfaceName,
    parent: interfaceName,
    promiscuity: figure,
    promiscuousFlag: figure,
    kind: words,
    role: strictlyOneOf(
      'other',
      ...(['loopback', 'uplink', 'bridge', 'bridge-port', 'bond', 'bond-member', 'vlan', 'macvlan'] as const),
      ...(['cni-veth', 'ipvs', 'dummy', 'tunnel'] as const),
    ),
    facesSegment: figure,
    wireless: figure,
    bridge: {
      vlanFiltering: figure,
      nfCallIptables: figure,
    },
    bridgePort: {
      bridge: interfaceName,
      state: strictlyOneOf('disabled', 'listening', 'learning', 'forwarding', 'blocking'),
      proxyArp: figure,
      proxyArpWifi: figure,
      neighSuppress: figure,
      hairpin: figure,
      learning: figure,
      flood: figure,
      multicastFlood: figure,
      broadcastFlood: figure,
      isolated: figure,
      locked: figure,
    },
    bond: { mode: words, failOverMac: words, activeMember: interfaceName },
    vlanId: figure,
    macvlanMode: words,
    vrfTable: words,
    vxlanProxy: figure,
    xdp: words,
  },
  addresses: {
    interface: interfaceName,
    family,
    ip: words,
    prefix: figure,
    scope: words,
    peer: words,
    flags: strictlyOneOf(...ADDRESS_FLAGS),
  },
  routes: {
    family,
    table: oneOf('main', 'local', 'default'),
    type: words,
    destination: prefix,
    hops: { device: interfaceName, gateway: words, dead: yes, linkDown: yes },
    metric: figure,
    source: words,
    protocol: words,
    tos: words,
  },
  rules: {
    family,
    priority: figure,
    from: prefix,
    to: prefix,
    inputInterface: interfaceName,
    outputInterface: interfaceName,
    mark: words,
    table: oneOf('main', 'local', 'default'),
    other: figure,
    details: {
      inverted: figure,
      vrf: figure,
      action: words,
      goto: figure,
      suppressLength: figure,
      never: figure,
      unread: words,
    },
  },
  neighbours: { family, ip: words, interface: interfaceName, mac, states: words },
  proxyNeighbours: { family, ip: words, interface: interfaceName },
  solicitedGroups: { interface: interfaceName, group: groupOfAddress },
  bridgeVlans: { interface: interfaceName, vid: figure, pvid: figure, untagged: figure },
  bonding: {
    bond: interfaceName,
    mode: words,
    activeMember: interfaceName,
  },
  listeners: { protocol: strictlyOneOf('tcp', 'udp'), address: words, port: figure },
  kernelLog: words,
  filterChains,
  ipv6FilterChains: filterChains,
  programs: {
    device: interfaceName,
    direction: strictlyOneOf('ingress', 'egress'),
    text: words,
    seesArp: figure,
  },
  fdb: { mac, port: interfaceName, bridge: interfaceName, vlan: figure },
  counters: { reversePathFilter: figure },
  managers: MANAGER,
  owners: { interface: interfaceName, manager: MANAGER, file: words, connection: words },
  keepalived: {
    running: figure,
    instances: {
      name: () => 'instance',
      file: words,
      interface: interfaceName,
      vrid: figure,
      family,
      version: figure,
      priority: figure,
      advertMs: figure,
      authentication: oneOf('PASS', 'AH'),
      unicastPeers: words,
      addresses: { ip: words, prefix: figure, device: interfaceName },
    },
    filters: {
      tool: strictlyOneOf('nft', 'iptables'),
      chain: words,
      does: strictlyOneOf('accepts', 'drops', 'drops-all-else'),
      text: filterRule,
    },
  },
}

/** A group holds the end of an address: it is written as that address, so that the pseudonym has the same group. */
function withNamedGroups(sections: Host['sections']): Host['sections'] {
  const { solicitedGroups, addresses, proxyNeighbours } = sections
  const own = [...valueOr(addresses, []), ...valueOr(proxyNeighbours, [])]
  const byGroup = new Map(own.flatMap(({ ip }) => groupAndAddress(ip)))
  const named = mapKnown(solicitedGroups, (all) =>
    all.map(({ group, ...rest }) => ({ ...rest, group: byGroup.get(group) ?? UNNAMED_GROUP })),
  )
  return { ...sections, solicitedGroups: named }
}

function groupAndAddress(text: string): [string, string][] {
  const ip = parseIpv6(text)
  return ip === null ? [] : [[formatIpv6(solicitedNodeOf(ip)), text]]
}

function groupOfAddress(text: string, to: Pseudonyms): string {
  const ip = text === UNNAMED_GROUP ? null : parseIpv6(to.text(text))
  return ip === null ? UNNAMED_GROUP : formatIpv6(solicitedNodeOf(ip))
}

/** A host under pseudonyms: what was read out of its commands, and of these only how they ended. */
const RECORD: Declared<Omit<HostRecord, 'sections' | 'failure' | 'probes'>> = {
  name: hostName,
  address: hostName,
  become: figure,
  pod: figure,
}

export function redactHost(record: HostRecord, to: Pseudonyms): HostRecord {
  const sections = withNamedGroups(buildHost(record).sections)
  const place = redacted({ name: record.name, address: record.address }, RECORD, to)
  const ended = Object.entries(record.probes).filter(([probe]) => commandNames().has(probe))
  return {
    ...place,
    probes: Object.fromEntries(ended.map(([probe, { status }]) => [probe, { status, stdout: '', stderr: '' }])),
    failure: record.failure && failure(record.failure, place),
    sections: redactSections(sections, record.name, place.name, to),
    ...(record.become ? { become: true } : {}),
    ...(record.pod ? { pod: true } : {}),
  }
}

/** `admin@node-a`: the login stays where it is a common one; `local` and `/path/file.json` are no hosts. */
export function hostName(text: string, to: Pseudonyms): string {
  if (text === 'local') return text
  const [, user, host = text] = /^(?:(.*)@)?(.*)$/s.exec(text) ?? []
  return `${user === undefined ? '' : `${to.text(user)}@`}${to.name('node', host)}`
}

function failure({ facts }: NonNullable<HostRecord['failure']>, place: { name: string; address: string }) {
  if (facts && isFailureKind(facts.kind)) return hostFailure({ ...facts, said: '' }, place)
  return { subject: place.name, reason: 'it was not read', hint: '' }
}

function redactSections(sections: Host['sections'], before: string, host: string, to: Pseudonyms): Host['sections'] {
  const reason = () => NO_REASON
  const written = (Object.keys(SECTIONS) as SectionName[]).map((name) => {
    const gap = (one: Gap): Gap => gapInOurWords(one, name, { before, host, reason })
    const declared = knownOf(SECTIONS[name] as Declared<unknown>, (one) => gap(one as Gap) as never)
    return [name, redacted(sections[name], declared as never, to)]
  })
  return Object.fromEntries(written)
}
