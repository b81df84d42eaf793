import { type Gap, type Known, known, unknown } from '../known.js'
import { atOnce, type Steps, type Stop } from '../steps.js'
import { theirs } from '../theirs.js'
import type { HostFailure } from './host-failure.js'
import { IN_POD, OVER_SSH, unseenInPod } from './in-pod.js'
import type { FilterChains, Host, InterfaceAddress, Keepalived, Link, SectionName } from './model.js'
import { parseAddresses } from './parse/addresses.js'
import { parseBonding } from './parse/bonding.js'
import { parseBridgeVlans } from './parse/bridge-vlans.js'
import { parseCounters } from './parse/counters.js'
import { parseFdb } from './parse/fdb.js'
import { arptablesChains, ebtablesChains, legacyIpv6Tables, nftChains } from './parse/filter-chains.js'
import { TooMuch } from './parse/json.js'
import { parseKeepalived, parseVrrpFilters } from './parse/keepalived.js'
import { parseKernel } from './parse/kernel.js'
import { parseLinks } from './parse/links.js'
import { parseListeners } from './parse/listeners.js'
import { parseManagers, parseOwners } from './parse/managers.js'
import { parseNeighbours, parseProxyNeighbours } from './parse/neighbours.js'
import { parsePrograms } from './parse/programs.js'
import { parseRoutes } from './parse/routes.js'
import { parseRules } from './parse/rules.js'
import { parseSolicitedGroups } from './parse/solicited-groups.js'
import { parseSysctls } from './parse/sysctls.js'
import { linksFromSysfs, sysfsFiles, withSysfs } from './parse/sysfs.js'
import { lines } from './parse/words.js'
import { CUT_OFF, type Probe } from './probes.js'
import { type BareLink, hasBridge, withRoles } from './roles.js'

/** What was brought home from one host: its probes, or why there are none. */
export interface HostRecord {
  readonly name: string
  readonly address: string
  readonly probes: Readonly<Record<string, Probe>>
  /** Why nothing, or not everything, could be read. */
  readonly failure: HostFailure | null
  /** What was read out of the probes, where they themselves are not kept: under redaction. */
  readonly sections?: Host['sections'] | undefined
  /** It was read with sudo (`--become`). */
  readonly become?: true
  /** It was read in a pod on it. */
  readonly pod?: true
}

/** What a host is called: `admin@node-a` names node-a too, `local` nobody. */
export function hostNames({ name, address }: HostRecord): string[] {
  return [name, address].filter((text) => text !== 'local').flatMap((text) => [text, text.replace(/^.*@/, '')])
}

/** `admin@node-a` is another account; without a name the account is that of ssh's configuration. */
function isRoot(address: string): boolean {
  return !address.includes('@') || address.startsWith('root@')
}

type SectionTable = Host['sections']

/** Hosts by their records: a record is made into a model while others are still being read, and only once. */
const built = new WeakMap<HostRecord, Host>()

/** Makes the model from the raw text; the same for a live host and a saved one. */
export function buildHost(record: HostRecord): Host {
  return atOnce(buildingHost(record))
}

/** The same for some hosts in steps, one for each section: no host's data keeps what others say waiting. What was stopped is a gap. */
export function* buildingHosts(records: readonly HostRecord[]): Steps<Host[]> {
  const hosts: Host[] = []
  for (const record of records) hosts.push(yield* buildingHost(record))
  return hosts
}

export function* buildingHost(record: HostRecord): Steps<Host> {
  const host = built.get(record) ?? (yield* building(record))
  built.set(record, host)
  return host
}

function* building({ name, address, probes, failure, sections, become, pod }: HostRecord): Steps<Host> {
  const sudo = become || !isRoot(address) || (!pod && lacksRoot(probes)) ? { needsSudo: true } : {}
  const about = { name, address, reached: Object.keys(probes).length > 0, ...sudo }
  if (sections) return { ...about, sections }
  const made: Partial<Record<SectionName, Known<unknown>>> = {}
  const reader = new Reader(name, probes, failure, pod === true)
  let stop: Stop = null
  for (const read of [() => reader.addresses, () => reader.bareLinks]) {
    stop ??= yield
    if (stop === null) read()
  }
  for (const [section, make] of Object.entries(makers(reader))) {
    stop ??= yield
    made[section as SectionName] =
      stop === null ? make() : unknown(`${name}: ${section}`, `${stop} before it was parsed`)
  }
  return { ...about, sections: made as SectionTable }
}

/** How each section is made; a host takes as long as its longest. */
function makers(read: Reader): { readonly [N in SectionName]: () => SectionTable[N] } {
  return {
    kernel: () => read.section('uname', (text) => parseKernel(text, read.text('os-release'))),
    sysctls: () => read.section('sysctl', parseSysctls),
    links: () => readLinks(read),
    addresses: () => read.addresses,
    routes: () => read.bothFamilies('ip-route', parseRoutes),
    rules: () => read.bothFamilies('ip-rule', parseRules),
    neighbours: () => read.section('ip-neigh', parseNeighbours),
    proxyNeighbours: () => read.section('ip-neigh-proxy', parseProxyNeighbours),
    solicitedGroups: () => read.section('solicited-groups', parseSolicitedGroups),
    bridgeVlans: () => read.section('bridge-vlan', parseBridgeVlans),
    bonding: () => read.section('bonding', parseBonding),
    listeners: () => read.section('listeners', parseListeners),
    kernelLog: () => read.section('kernel-log', lines),
    filterChains: () => readFilterChains(read),
    ipv6FilterChains: () => read.section('nft-ipv6', ipv6Chains),
    programs: () => read.section('tc', parsePrograms),
    fdb: () => read.section('bridge-fdb', parseFdb),
    counters: () => read.section('netstat', parseCounters),
    managers: () => read.section('managers', parseManagers),
    owners: () => read.section('managers', parseOwners),
    keepalived: () => readKeepalived(read),
  }
}

/** What stayed unseen on a host: the host itself, or each section that is missing, or was read only in part. */
export function hostGaps({ name, probes, failure, pod }: HostRecord, { reached, sections }: Host): Gap[] {
  if (!reached) return [plainGap(failure ?? { subject: name, ...EMPTY })]
  const unread = failure ? [plainGap(failure)] : []
  const missing = (Object.keys(sections) as SectionName[])
    .filter((section) => isMissed(section, sections))
    .flatMap((section) => {
      const value: SectionTable[SectionName] = sections[section]
      return value.known ? [] : [value.gap]
    })
  const partial = 'sysfs-links' in probes ? [noJson(name)] : []
  const release = pod ? [{ subject: `${name}: /etc/os-release`, reason: IN_POD, hint: OVER_SSH }] : []
  return [...unread, ...partial, ...release, ...unique([...missing, ...unreadFilters(sections)])]
}

/** Tools of packet filters that could not be read. */
function unreadFilters({ filterChains }: SectionTable): Gap[] {
  return filterChains.known && filterChains.value.unread ? [filterChains.value.unread] : []
}

/** Of a file that somebody made or cut. */
const EMPTY = { reason: 'the snapshot holds nothing of it', hint: 'read the host again, with audit-node --save' }

function plainGap({ subject, reason, hint }: Gap): Gap {
  return { subject, reason, hint }
}

/** What a prediction takes for granted where it was not read, and says so there. */
const DETAILS: readonly SectionName[] = ['filterChains', 'ipv6FilterChains', 'solicitedGroups', 'programs', 'fdb']

/** The kernel log tells what a bridge heard; all else in it only adds to what other sections say. Older snapshots hold no keepalived. */
function isMissed(section: SectionName, { links, keepalived }: SectionTable): boolean {
  if (DETAILS.includes(section)) return false
  if (section === 'keepalived') return !keepalived.known && keepalived.gap.reason !== NOT_COLLECTED.reason
  return section !== 'kernelLog' || !links.known || hasBridge(links.value)
}

/** Without one of these nothing can be said of who answers on a host. */
const CORE = ['links', 'addresses', 'sysctls'] as const satisfies readonly SectionName[]

/** Why a host that was reached cannot be judged; empty where it can. */
export function coreGaps({ sections }: Pick<Host, 'sections'>): Gap[] {
  return CORE.flatMap((name) => {
    const section: SectionTable[typeof name] = sections[name]
    return section.known ? [] : [section.gap]
  })
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
  private held: Known<InterfaceAddress[]> | null = null
  private bare: Known<BareLink[]> | null = null
  private readonly host: string
  private readonly probes: HostRecord['probes']
  private readonly failure: Gap | null
  private readonly inPod: boolean

  constructor(host: string, probes: HostRecord['probes'], failure: Gap | null, inPod: boolean) {
    this.host = host
    this.probes = probes
    this.failure = failure
    this.inPod = inPod
  }

  get addresses(): Known<InterfaceAddress[]> {
    this.held ??= this.section('ip-addr', parseAddresses)
    return this.held
  }

  get bareLinks(): Known<BareLink[]> {
    this.bare ??= this.probe('sysfs-links')
      ? this.section('sysfs-links', (text) => linksFromSysfs(text, this.text('sysfs')))
      : this.section('ip-link', (text) => mergeSysfs(parseLinks(text), this.text('sysfs')))
    return this.bare
  }

  /** The probe's text, empty when it failed: for what only adds to a section. */
  text(name: string): string {
    return this.probe(name)?.stdout ?? ''
  }

  section<T>(name: string, parse: (text: string) => T | null): Known<T> {
    const probe = this.probe(name)
    const gap = this.wrong(name, probe)
    if (gap) return { known: false, gap }
    const from = `${this.host}: ${commandOf(name)}`
    try {
      const value = parse(probe!.stdout)
      if (value !== null) return known(value, from)
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error
      return unknown(from, `more than l2doctor reads: ${error.message}`, 'run it on the host and look')
    }
    return unknown(from, 'its output could not be read', 'run it on the host and look')
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
    const unseen = this.inPod && !this.failure ? unseenInPod(name) : null
    if (unseen) return { subject, ...unseen }
    if (!probe) return { ...plainGap(this.failure ?? NOT_COLLECTED), subject }
    const said = probe.stderr.split('\n')[0] ?? ''
    if (probe.status === 0) return null
    const sudo = probe.stderr.split('\n').findLast((line) => line.startsWith('sudo: '))
    if (sudo) return { subject, reason: `sudo refused (${theirs(sudo)})`, hint: SUDO_HINT }
    if (FOR_ROOT_ONLY.test(probe.stderr))
      return { subject, reason: `not permitted (${theirs(said)})`, hint: this.inPod ? OVER_SSH : ROOT_HINT }
    if (probe.status === 127)
      return this.inPod
        ? { subject, reason: 'not in the image of the pod', hint: OVER_SSH }
        : { subject, reason: 'not installed there', hint: 'install it, or check it yourself' }
    if (probe.status === 124) return { subject, reason: 'did not finish within 10 s', hint: '' }
    if (probe.status === CUT_OFF) return { subject, reason: 'printed more than l2doctor reads', hint: '' }
    const ending = `ended with status ${probe.status ?? 'unknown'}`
    return { subject, reason: said === '' ? ending : `${ending} (${theirs(said)})`, hint: '' }
  }
}

/** What programs say to an account that is not root. */
const FOR_ROOT_ONLY = /not permitted|permission denied|must be root/i

/** The account is not to be seen where ssh_config names it; what it was refused tells. */
function lacksRoot(probes: HostRecord['probes']): boolean {
  return Object.values(probes).some(({ status, stderr }) => status !== 0 && FOR_ROOT_ONLY.test(stderr))
}

const NOT_COLLECTED: Gap = { subject: '', reason: 'not collected', hint: '' }
/** What redaction leaves of another reason. */
export const NO_REASON = 'it could not be read'
/** Reasons and hints that say the same of every host. */
export const REASONS: readonly string[] = [
  'not installed there',
  'did not finish within 10 s',
  'printed more than l2doctor reads',
  'its output could not be read',
  'not collected',
  'not in the image of the pod',
  IN_POD,
  NO_REASON,
]
const ROOT_HINT = 'log in as root, or pass --become to use sudo -n for this'
const SUDO_HINT = 'allow this command without a password in sudoers (see docs/guides/audit-node.md)'

export const HINTS: readonly string[] = [
  ROOT_HINT,
  SUDO_HINT,
  'install it, or check it yourself',
  'run it on the host and look',
  OVER_SSH,
]

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
  'solicited-groups': '/proc/net/igmp6',
  'bridge-vlan': 'bridge -j vlan',
  bonding: '/proc/net/bonding',
  listeners: '/proc/net/{tcp,tcp6,udp,udp6}',
  'kernel-log': 'dmesg',
  nft: 'nft -a list ruleset arp',
  'nft-ipv6': 'nft -a list ruleset inet',
  ebtables: 'ebtables -L',
  'ebtables-nat': 'ebtables -t nat -L',
  arptables: 'arptables -L -n',
  tc: 'tc filter show',
  'bridge-fdb': 'bridge -j fdb show',
  netstat: '/proc/net/netstat',
  managers: '/etc/netplan /run/NetworkManager /run/systemd/netif /etc/network',
  keepalived: 'cat /etc/keepalived/keepalived.conf',
  'vrrp-filters': 'nft list ruleset',
}

/** What is run for each probe, by its name. */
export function commandNames(): ReadonlyMap<string, string> {
  return new Map(Object.entries(COMMANDS))
}

function commandOf(name: string): string {
  return COMMANDS[name] ?? name
}

function readLinks({ addresses, bareLinks: bare }: Reader): Known<Link[]> {
  const held = addresses.known ? addresses.value : []
  return bare.known ? known(withRoles(bare.value, held), bare.from) : bare
}

function mergeSysfs(links: BareLink[] | null, sysfs: string): BareLink[] | null {
  const files = sysfsFiles(sysfs)
  return links === null ? null : links.map((link) => withSysfs(link, files.get(link.name)))
}

function readKeepalived(read: Reader): Known<Keepalived> {
  const filters = read.section('vrrp-filters', parseVrrpFilters)
  return read.section('keepalived', (text) => ({
    ...parseKeepalived(text),
    filters: filters.known ? filters.value : null,
  }))
}

function readFilterChains(read: Reader): Known<FilterChains> {
  const all = [
    read.section('nft', nftChains),
    read.section('ebtables', (text) => ebtablesChains(text, 'filter')),
    ...(read.probe('ebtables-nat') ? [read.section('ebtables-nat', (text) => ebtablesChains(text, 'nat'))] : []),
    read.section('arptables', arptablesChains),
  ]
  const unread = all.flatMap((one) => (one.known ? [] : [one.gap]))[0] ?? null
  return known({ chains: all.flatMap((one) => (one.known ? one.value : [])), unread }, 'nft, ebtables, arptables')
}

function ipv6Chains(text: string): FilterChains {
  const [legacy] = legacyIpv6Tables(text)
  const reason = `the rules of ${legacy} (legacy ip6tables) are not followed`
  return { chains: nftChains(text), unread: legacy === undefined ? null : { subject: 'ip6tables', reason, hint: '' } }
}
