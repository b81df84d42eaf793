import { type Gap, type Known, known, unknown } from '../known.js'
import type { ArpFilter, Host, InterfaceAddress, Link, SectionName } from './model.js'
import { parseAddresses } from './parse/addresses.js'
import { parseBonding } from './parse/bonding.js'
import { parseBridgeVlans } from './parse/bridge-vlans.js'
import { parseCounters } from './parse/counters.js'
import { parseArptables, parseEbtables, parseNft } from './parse/firewall.js'
import { parseKernel } from './parse/kernel.js'
import { parseLinks } from './parse/links.js'
import { parseListeners } from './parse/listeners.js'
import { parseManagers } from './parse/managers.js'
import { parseNeighbours, parseProxyNeighbours } from './parse/neighbours.js'
import { parseRoutes } from './parse/routes.js'
import { parseRules } from './parse/rules.js'
import { parseSysctls } from './parse/sysctls.js'
import { linksFromSysfs, sysfsFiles, withSysfs } from './parse/sysfs.js'
import { lines } from './parse/words.js'
import { CUT_OFF, type Probe } from './probes.js'
import { type BareLink, withRoles } from './roles.js'

/** What was brought home from one host: its probes, or why there are none. */
export interface HostRecord {
  readonly name: string
  readonly address: string
  readonly probes: Readonly<Record<string, Probe>>
  /** Why nothing, or not everything, could be read. */
  readonly failure: Gap | null
}

/** What a host is called: `admin@node-a` names node-a too, `local` nobody. */
export function hostNames({ name, address }: HostRecord): string[] {
  return [name, address].filter((text) => text !== 'local').flatMap((text) => [text, text.replace(/^.*@/, '')])
}

type SectionTable = Host['sections']

/** Hosts by their records: a record is made into a model while others are still being read, and only once. */
const built = new WeakMap<HostRecord, Host>()

/** Makes the model from the raw text; the same for a live host and a saved one. */
export function buildHost(record: HostRecord): Host {
  const host = built.get(record) ?? build(record)
  built.set(record, host)
  return host
}

function build({ name, address, probes, failure }: HostRecord): Host {
  const read = new Reader(name, probes, failure)
  const addresses = read.section('ip-addr', parseAddresses)
  return {
    name,
    address,
    reached: Object.keys(probes).length > 0,
    sections: {
      kernel: read.section('uname', (text) =>
        parseKernel(text, read.text('os-release'), read.text('version-signature')),
      ),
      sysctls: read.section('sysctl', parseSysctls),
      links: readLinks(read, addresses),
      addresses,
      routes: read.bothFamilies('ip-route', parseRoutes),
      rules: read.bothFamilies('ip-rule', parseRules),
      neighbours: read.section('ip-neigh', parseNeighbours),
      proxyNeighbours: read.section('ip-neigh-proxy', parseProxyNeighbours),
      bridgeVlans: read.section('bridge-vlan', parseBridgeVlans),
      bonding: read.section('bonding', parseBonding),
      listeners: read.section('listeners', parseListeners),
      kernelLog: read.section('kernel-log', lines),
      firewall: readFirewall(read),
      counters: read.section('netstat', parseCounters),
      managers: read.section('managers', parseManagers),
    },
  }
}

/** What stayed unseen on a host: the host itself, or each section that is missing, or was read only in part. */
export function hostGaps({ name, probes, failure }: HostRecord, { reached, sections }: Host): Gap[] {
  if (!reached) return failure ? [failure] : []
  const missing = (Object.keys(sections) as SectionName[]).flatMap((section) => {
    const value: SectionTable[SectionName] = sections[section]
    return value.known ? [] : [value.gap]
  })
  const partial = 'sysfs-links' in probes ? [noJson(name)] : []
  return [...(failure ? [failure] : []), ...partial, ...unique(missing)]
}

function noJson(name: string): Gap {
  return {
    subject: `${name}: ip -d -j link`,
    reason:
      'this ip prints no JSON: links were read from sysfs, which has no promiscuity count, permanent MAC or macvlan mode',
    hint: 'install iproute2 4.14 or newer',
  }
}

function unique(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [gap.subject, gap])).values()]
}

/** Reads probes by name and words what is wrong with one. */
class Reader {
  private readonly host: string
  private readonly probes: HostRecord['probes']
  private readonly failure: Gap | null

  constructor(host: string, probes: HostRecord['probes'], failure: Gap | null) {
    this.host = host
    this.probes = probes
    this.failure = failure
  }

  /** The probe's text, empty when it failed: for what only adds to a section. */
  text(name: string): string {
    return this.probe(name)?.stdout ?? ''
  }

  section<T>(name: string, parse: (text: string) => T | null): Known<T> {
    const probe = this.probe(name)
    const gap = this.wrong(name, probe)
    if (gap) return { known: false, gap }
    const value = parse(probe!.stdout)
    if (value !== null) return known(value, `${this.host}: ${commandOf(name)}`)
    return unknown(`${this.host}: ${commandOf(name)}`, 'its output could not be read', 'run it on the host and look')
  }

  /** IPv4 decides: a kernel without IPv6 refuses the second command. */
  bothFamilies<T>(name: 'ip-route' | 'ip-rule', parse: (text: string, family: 4 | 6) => T[] | null): Known<T[]> {
    const four = this.section(`${name}-4`, (text) => parse(text, 4))
    const six = this.section(`${name}-6`, (text) => parse(text, 6))
    return four.known && six.known ? known([...four.value, ...six.value], four.from) : four
  }

  probe(name: string): Probe | undefined {
    return Object.hasOwn(this.probes, name) ? this.probes[name] : undefined
  }

  private wrong(name: string, probe: Probe | undefined): Gap | null {
    const subject = `${this.host}: ${commandOf(name)}`
    if (!probe) return { ...(this.failure ?? { reason: 'not collected', hint: '' }), subject }
    const said = probe.stderr.split('\n')[0] ?? ''
    if (probe.status === 0) return null
    const sudo = probe.stderr.split('\n').findLast((line) => line.startsWith('sudo: '))
    if (sudo) return { subject, reason: `sudo refused (${sudo})`, hint: SUDO_HINT }
    if (/not permitted|permission denied|must be root/i.test(probe.stderr))
      return { subject, reason: said, hint: ROOT_HINT }
    if (probe.status === 127) return { subject, reason: 'not installed there', hint: 'install it, or judge by hand' }
    if (probe.status === 124) return { subject, reason: 'did not finish within 10 s', hint: '' }
    if (probe.status === CUT_OFF) return { subject, reason: 'printed more than l2doctor reads', hint: '' }
    return { subject, reason: said || `ended with status ${probe.status}`, hint: '' }
  }
}

const ROOT_HINT = 'log in as root, or pass --become to use sudo -n for this'
const SUDO_HINT = 'allow this command without a password in sudoers (see docs/guides/audit-node.md)'

const COMMANDS: Readonly<Record<string, string>> = {
  uname: 'uname -r',
  sysctl: 'sysctl net.ipv4 net.bridge',
  'ip-link': 'ip -d -j link',
  'sysfs-links': '/sys/class/net',
  'ip-addr': 'ip -j addr',
  'ip-route-4': 'ip -4 -j route show table all',
  'ip-route-6': 'ip -6 -j route show table all',
  'ip-rule-4': 'ip -4 -j rule',
  'ip-rule-6': 'ip -6 -j rule',
  'ip-neigh': 'ip -j neigh',
  'ip-neigh-proxy': 'ip -j neigh show proxy',
  'bridge-vlan': 'bridge -j vlan',
  bonding: '/proc/net/bonding',
  listeners: '/proc/net/{tcp,tcp6,udp,udp6}',
  'kernel-log': 'dmesg',
  nft: 'nft list ruleset arp',
  ebtables: 'ebtables -L',
  arptables: 'arptables -L -n',
  netstat: '/proc/net/netstat',
  managers: '/etc/netplan /run/NetworkManager /run/systemd/netif',
}

function commandOf(name: string): string {
  return COMMANDS[name] ?? name
}

function readLinks(read: Reader, addresses: Known<InterfaceAddress[]>): Known<Link[]> {
  const held = addresses.known ? addresses.value : []
  const bare = read.probe('sysfs-links')
    ? read.section('sysfs-links', (text) => linksFromSysfs(text, read.text('sysfs')))
    : read.section('ip-link', (text) => mergeSysfs(parseLinks(text), read.text('sysfs')))
  return bare.known ? known(withRoles(bare.value, held), bare.from) : bare
}

function mergeSysfs(links: BareLink[] | null, sysfs: string): BareLink[] | null {
  const files = sysfsFiles(sysfs)
  return links === null ? null : links.map((link) => withSysfs(link, files.get(link.name)))
}

/** One tool that could not be read leaves the others' word standing only if that word is "it drops": then it is enough. */
function readFirewall(read: Reader): Known<ArpFilter[]> {
  const all = [
    read.section('nft', parseNft),
    read.section('ebtables', parseEbtables),
    read.section('arptables', parseArptables),
  ]
  const rules = all.flatMap((one) => (one.known ? one.value : []))
  const unread = all.find((one) => !one.known)
  if (unread && !rules.some(({ drops }) => drops)) return unread
  return known(rules, all.flatMap((one) => (one.known ? [one.from] : [])).join(', '))
}
