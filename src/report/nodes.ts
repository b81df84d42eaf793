import { type EffectiveName, effective, scoped } from '../node/effective.js'
import { addressesByInterface } from '../node/lookups.js'
import type { Host, Link, Sections, Sysctls } from '../node/model.js'
import { formatMac } from '../wire/mac.js'
import type { ReportedNode } from './report.js'

/** One of the report's `nodes`: who the host is, its interfaces, and the values worth comparing between hosts. */
export function reportNode({ name, address, reached, needsSudo, sections }: Host): ReportedNode {
  const kernel = sections.kernel.known ? sections.kernel.value : null
  return {
    name,
    reached,
    kernel: kernel?.release ?? null,
    address,
    ...(needsSudo ? { sudo: true } : {}),
    os: kernel?.os.prettyName ?? null,
    ...reportInterfaces(sections),
    values: comparedValues(sections),
  }
}

/** Interfaces of one host that the report names. */
const NAMED = 1000

/** The first of them, and how many more there are, where there are. */
function reportInterfaces(sections: Host['sections']) {
  const all = sections.links.known ? sections.links.value.filter(worthNaming) : []
  const left = all.length - NAMED
  return {
    interfaces: all.slice(0, NAMED).map((link) => describe(link, sections)),
    ...(left > 0 ? { interfacesNotNamed: left } : {}),
  }
}

/** A node has hundreds of pod veths; nobody looks for them in a report. */
function worthNaming({ role }: Link): boolean {
  return role !== 'cni-veth' && role !== 'loopback'
}

function describe(link: Link, { addresses }: Host['sections']) {
  const held = addresses.known ? addressesByInterface(addresses.value, link.name) : []
  return {
    name: link.name,
    role: link.role,
    mac: link.mac === null ? null : formatMac(link.mac),
    state: link.operstate,
    addresses: held.map(({ ip, prefix }) => `${ip}/${prefix}`),
  }
}

const COMPARED: readonly EffectiveName[] = [
  'arp_ignore',
  'arp_announce',
  'arp_filter',
  'proxy_arp',
  'proxy_arp_pvlan',
  'rp_filter',
  'forwarding',
  'drop_gratuitous_arp',
]

/** A host with more uplinks than these is none that another could be compared with. */
const COMPARED_UPLINKS = 1000

/** What ought to be the same on nodes of one kind. Interface values are named by role: NICs have other names elsewhere. */
function comparedValues(sections: Host['sections']): Record<string, string> {
  const values: Record<string, string> = {}
  const { kernel, sysctls, links } = sections
  if (kernel.known) Object.assign(values, { kernel: kernel.value.release, os: kernel.value.os.prettyName })
  if (sysctls.known) Object.assign(values, hostValues(sysctls.value))
  if (sysctls.known && links.known) Object.assign(values, uplinkValues(sysctls.value, links.value))
  return values
}

function hostValues(sysctls: Sysctls): Record<string, string> {
  const threshold = scoped(sysctls.neigh4, 'default', 'gc_thresh3')
  // "-": br_netfilter is not loaded
  return {
    'net.ipv4.ip_forward': String(sysctls.ipForward ?? '?'),
    'net.ipv4.neigh.default.gc_thresh3': String(threshold ?? '?'),
    ...Object.fromEntries(
      ['bridge-nf-call-iptables', 'bridge-nf-call-arptables'].map((name) => [
        `net.bridge.${name}`,
        Object.hasOwn(sysctls.bridge, name) ? String(sysctls.bridge[name]) : '-',
      ]),
    ),
  }
}

function uplinkValues(sysctls: Sysctls, links: Sections['links']): Record<string, string> {
  const uplinks = links.filter((link) => link.facesSegment && link.master === null).slice(0, COMPARED_UPLINKS)
  const over = (read: (link: Link) => string) => [...new Set(uplinks.map(read))].sort().join(', ')
  return {
    'uplinks: kind': over(({ role, bond }) => (bond ? `${role} ${bond.mode}` : role)),
    'uplinks: mtu': over(({ mtu }) => String(mtu)),
    'uplinks: promiscuity': over(({ promiscuity }) => String(promiscuity ?? '?')),
    ...Object.fromEntries(
      COMPARED.map((name) => [
        `uplinks: ${name} (effective)`,
        over((link) => String(effective(sysctls, name, link.name)?.value ?? '?')),
      ]),
    ),
  }
}
