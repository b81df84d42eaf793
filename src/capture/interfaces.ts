import { CannotLook } from '../known.js'
import { isInSubnet, type OwnAddress } from '../probe/asking.js'
import { sh } from '../shell.js'
import { formatIp, type Ip, isIpv4, isIpv6, parseIp } from '../wire/ip.js'
import { formatIpv4, type Ipv4 } from '../wire/ipv4.js'
import { isLinkLocal6 } from '../wire/ipv6.js'
import { type Mac, parseMac } from '../wire/mac.js'
import { type OnLinkRoute, routeTo } from './routes.js'

/** A network interface as `ip -j -d addr show` has it. */
export interface NetworkInterface {
  readonly name: string
  readonly index: number
  /** Null where the hardware address is not a MAC. */
  readonly mac: Mac | null
  readonly up: boolean
  readonly loopback: boolean
  /** `bridge`, `bond`, `vlan`, `veth` …; null for hardware. */
  readonly kind: string | null
  /** Of what it is a port: `bridge`, `bond` …; null when of nothing. */
  readonly portOf: string | null
  /** Names of the interfaces it belongs to or lies on top of. */
  readonly related: readonly string[]
  readonly promiscuity: number
  readonly addresses: readonly OwnAddress[]
}

interface IpAddrEntry {
  ifindex: number
  ifname: string
  flags?: string[]
  address?: string
  master?: string
  link?: string
  promiscuity?: number
  linkinfo?: { info_kind?: string; info_slave_kind?: string }
  addr_info?: AddressEntry[]
}

interface AddressEntry {
  local?: string
  prefixlen?: number
  secondary?: boolean
  tentative?: boolean
  dadfailed?: boolean
  temporary?: boolean
  mngtmpaddr?: boolean
  'stable-privacy'?: boolean
  protocol?: string
}

/** Reads the output of `ip -j -d addr show`. Throws CannotLook for an `ip` that prints no JSON. */
export function parseInterfaces(json: string): NetworkInterface[] {
  return entriesOf(json).map((entry) => ({
    name: entry.ifname,
    index: entry.ifindex,
    mac: parseMac(entry.address ?? ''),
    up: entry.flags?.includes('UP') ?? false,
    loopback: entry.flags?.includes('LOOPBACK') ?? false,
    kind: entry.linkinfo?.info_kind ?? null,
    portOf: entry.linkinfo?.info_slave_kind ?? null,
    related: [entry.master, entry.link].filter((name) => name !== undefined),
    promiscuity: entry.promiscuity ?? 0,
    addresses: (entry.addr_info ?? []).flatMap((one) => parseAddress(one, parseMac(entry.address ?? ''))),
  }))
}

/** ip prints empty objects for what a filter leaves out; one before 4.14 prints text, whatever is asked. */
function entriesOf(json: string): IpAddrEntry[] {
  const entries = parseList(json)
  if (entries !== null) return entries.filter((entry): entry is IpAddrEntry => typeof entry?.ifname === 'string')
  const hint = 'install iproute2 4.14 or newer, or record elsewhere and give the file to --read'
  throw new CannotLook({ subject: 'network interfaces', reason: 'this `ip` prints no JSON', hint })
}

function parseList(json: string): (Partial<IpAddrEntry> | null)[] | null {
  try {
    const list = JSON.parse(json)
    return Array.isArray(list) ? list : null
  } catch {
    return null
  }
}

function parseAddress(entry: AddressEntry, mac: Mac | null): OwnAddress[] {
  const { local = '', prefixlen: prefix, secondary = false } = entry
  const ip = parseIp(local)
  if (ip === null || prefix === undefined) return []
  if (isIpv4(ip)) return [{ ip, prefix, secondary }]
  const isTentative = entry.tentative === true || entry.dadfailed === true
  return [{ ip, prefix, secondary: false, isTentative, isMadeByKernel: isMadeByKernel(entry, ip, mac) }]
}

/** As newer kernels and ip say; else by its marks, or because it holds the MAC (RFC 4291 appendix A). */
function isMadeByKernel(entry: AddressEntry, ip: bigint, mac: Mac | null): boolean {
  const isMarked = entry.temporary === true || entry.mngtmpaddr === true || entry['stable-privacy'] === true
  return isMarked || (entry.protocol?.startsWith('kernel_') ?? false) || (mac !== null && holdsMac(ip, mac))
}

function holdsMac(ip: bigint, mac: Mac): boolean {
  const [high, low] = [BigInt(mac) >> 24n, BigInt(mac) & 0xff_ffffn]
  return (ip & 0xffff_ffff_ffff_ffffn) === (((high ^ 0x2_0000n) << 40n) | (0xfffen << 24n) | low)
}

/**
 * The device of the first default route in `ip -j route show default`; null when there is none. ip had JSON for addresses
 * two versions before it had it for routes: then it prints `default via 10.0.0.1 dev eth0`.
 */
export function parseDefaultDevice(text: string): string | null {
  const routes = parseList(text) as ({ dev?: string } | null)[] | null
  if (routes === null) return /^default .*?\bdev (\S+)/m.exec(text)?.[1] ?? null
  return routes.find((route) => route?.dev !== undefined)?.dev ?? null
}

export interface Choice {
  readonly interface: NetworkInterface
  /** Why this one, in words for the operator. */
  readonly why: string
  /** Addresses that no subnet and no route puts on its link; absent where the operator chose it. */
  readonly elsewhere?: readonly Ip[]
}

/** How this machine sends, for choosing an interface. */
export interface Routing {
  readonly defaultDevice: string | null
  /** Of IPv6: subnets that lie on a link without an address of it, as a router may say. */
  readonly onLink: readonly OnLinkRoute[]
}

/** Picks the interface to look at. `isChosen`: by the operator, who says with it where the addresses are. Throws CannotLook when there is none, or it has no neighbours. */
export function chooseInterface(
  all: readonly NetworkInterface[],
  routing: Routing,
  vips: readonly Ip[],
  wanted: string | undefined,
  isChosen = wanted !== undefined,
): Choice {
  const choice = wanted === undefined ? findInterface(all, routing, vips) : named(all, wanted)
  const { name, loopback, up } = choice.interface
  if (loopback) throw cannot(name, 'is a loopback: no neighbours there', `name another with -i: ${names(all)}`)
  if (!up) throw isDown(name, all)
  return isChosen ? choice : { ...choice, elsewhere: elsewhereOf(choice.interface, routing, vips) }
}

function isDown(name: string, all: readonly NetworkInterface[]): CannotLook {
  const others = all.filter((one) => one.up && !one.loopback && one.name !== name)
  const another = others.length === 0 ? '' : `, or name another with -i: ${names(others)}`
  return cannot(name, 'is down', `\`${sh`ip link set dev ${name} up`}\`${another}`)
}

function named(all: readonly NetworkInterface[], wanted: string): Choice {
  const found = all.find(({ name }) => name === wanted)
  if (!found) throw cannot(wanted, 'does not exist', `name one of these with -i: ${names(all)}`)
  return { interface: found, why: 'named with -i' }
}

function findInterface(
  all: readonly NetworkInterface[],
  { defaultDevice, onLink }: Routing,
  vips: readonly Ip[],
): Choice {
  const usable = all.filter(({ loopback, up }) => up && !loopback)
  const placed = vips.filter((vip) => !isOnEveryLink(vip))
  for (const vip of placed) {
    const found = withSubnetOf(vip, usable)
    if (found) return { interface: found, why: `${formatIp(vip)} is in its subnet` }
    const device = routeTo(vip, onLink)
    const routed = usable.find(({ name }) => name === device)
    if (routed) return { interface: routed, why: `a route says that ${formatIp(vip)} is on its link` }
  }
  const [only, ...more] = usable
  const isOnly = only !== undefined && more.length === 0
  if (placed.length < vips.length && placed.length === 0 && !isOnly) throw onAnyLink(vips[0]!, all)
  const none = placed.length > 0 ? 'no interface has the VIP in its subnet; ' : ''
  const byRoute = all.find(({ name }) => name === defaultDevice)
  if (byRoute) return { interface: byRoute, why: `${none}it has the default route` }
  const idle = all.filter((one) => !one.up)
  const [unused] = placed.flatMap((vip) => withSubnetOf(vip, idle) ?? [])
  if (unused) throw isDown(unused.name, all)
  if (isOnly) return { interface: only, why: `${none}it is the only one that is up` }
  const there = placed.length > 0 ? ', or look from a host of its segment: --at ssh:HOST' : ''
  throw cannot('to look at', `${none}there is no default route`, `name one with -i: ${names(all)}${there}`)
}

function elsewhereOf(device: NetworkInterface, { onLink }: Routing, vips: readonly Ip[]): Ip[] {
  const isHere = (ip: Ip) => isOnEveryLink(ip) || isOnLink(ip, device) || routeTo(ip, onLink) === device.name
  return vips.filter((ip) => !isHere(ip))
}

/** A link-local address says nothing of where it is. */
export function isOnEveryLink(ip: Ip): boolean {
  return isIpv6(ip) && isLinkLocal6(ip)
}

function onAnyLink(vip: Ip, all: readonly NetworkInterface[]): CannotLook {
  const [address, list] = [formatIp(vip), names(all)]
  return cannot(
    'to look at',
    `${address} is link-local, which every interface has a subnet for`,
    `write ${address}%INTERFACE, or name one with -i: ${list}`,
  )
}

/** The longest prefix wins. A /32 or /128 is an address that was put there, not a subnet. */
function withSubnetOf(vip: Ip, usable: readonly NetworkInterface[]): NetworkInterface | null {
  let [best, longest] = [null as NetworkInterface | null, 0]
  for (const candidate of usable) {
    const prefix = subnetOf(vip, candidate)?.prefix ?? 0
    if (prefix > longest) [best, longest] = [candidate, prefix]
  }
  return best
}

function subnetOf(vip: Ip, { addresses }: NetworkInterface) {
  const holding = addresses.filter((own) => isSubnet(own) && isInSubnet(vip, own))
  return holding.sort((a, b) => b.prefix - a.prefix)[0]
}

function isSubnet({ ip, prefix }: OwnAddress): boolean {
  return prefix < (isIpv4(ip) ? 32 : 128)
}

/** Why no machine can hold this IPv4 address in a subnet of the interface; null where one can. /31 and /32 have no such addresses, RFC 3021. */
export function whyNoHostOn(
  ip: Ipv4,
  { name, addresses }: Pick<NetworkInterface, 'name' | 'addresses'>,
): string | null {
  for (const own of addresses.filter(({ prefix }) => prefix <= 30)) {
    if (!isIpv4(own.ip) || !isInSubnet(ip, own)) continue
    const size = 2 ** (32 - own.prefix)
    const kind = ip % size === 0 ? 'network' : ip % size === size - 1 ? 'broadcast' : null
    if (kind === null) continue
    return `it is the ${kind} address of ${formatIpv4(own.ip - (own.ip % size))}/${own.prefix}, the subnet of ${name}`
  }
  return null
}

/** Whether an address lies in a subnet of the interface, so that its owner answers for itself. */
export function isOnLink(address: Ip, device: NetworkInterface): boolean {
  return device.addresses.some((own) => isSubnet(own) && isInSubnet(address, own))
}

/** Whether it has a subnet of the family of the address; a link-local one is on every interface. */
export function hasSubnetFor(address: Ip, { addresses }: NetworkInterface): boolean {
  return addresses.some((own) => isSubnet(own) && isIpv4(own.ip) === isIpv4(address) && !isOnEveryLink(own.ip))
}

/** Promiscuous mode changes what a bridge lets through: true for a bridge, its ports, and what lies on top of either. */
export function touchesBridge(subject: NetworkInterface, all: readonly NetworkInterface[]): boolean {
  const seen = new Set<NetworkInterface>()
  const pending = [subject]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isBridge(next.kind) || isBridge(next.portOf)) return true
    seen.add(next)
    const { related } = next
    pending.push(...all.filter((other) => related.includes(other.name) && !seen.has(other)))
  }
  return false
}

function isBridge(kind: string | null): boolean {
  return kind === 'bridge' || kind === 'openvswitch'
}

function names(all: readonly NetworkInterface[]): string {
  return (
    all
      .filter(({ loopback }) => !loopback)
      .map(({ name, up }) => (up ? name : `${name} (down)`))
      .join(', ') || 'none'
  )
}

function cannot(name: string, reason: string, hint: string): CannotLook {
  return new CannotLook({ subject: `interface ${name}`, reason, hint })
}
