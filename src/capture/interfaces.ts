import { CannotLook } from '../known.js'
import { formatIpv4, type Ipv4, parseIpv4 } from '../wire/ipv4.js'
import { type Mac, parseMac } from '../wire/mac.js'

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
  readonly addresses: readonly { readonly ip: Ipv4; readonly prefix: number }[]
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
  addr_info?: { family?: string; local?: string; prefixlen?: number }[]
}

/** Reads the output of `ip -j -d addr show`. */
export function parseInterfaces(json: string): NetworkInterface[] {
  // ip prints empty objects for what a filter leaves out
  const entries = (JSON.parse(json) as Partial<IpAddrEntry>[]).filter((entry) => entry.ifname !== undefined)
  return (entries as IpAddrEntry[]).map((entry) => ({
    name: entry.ifname,
    index: entry.ifindex,
    mac: parseMac(entry.address ?? ''),
    up: entry.flags?.includes('UP') ?? false,
    loopback: entry.flags?.includes('LOOPBACK') ?? false,
    kind: entry.linkinfo?.info_kind ?? null,
    portOf: entry.linkinfo?.info_slave_kind ?? null,
    related: [entry.master, entry.link].filter((name) => name !== undefined),
    promiscuity: entry.promiscuity ?? 0,
    addresses: (entry.addr_info ?? []).flatMap(parseAddress),
  }))
}

function parseAddress({ family, local, prefixlen }: NonNullable<IpAddrEntry['addr_info']>[number]) {
  const ip = family === 'inet' ? parseIpv4(local ?? '') : null
  return ip === null || prefixlen === undefined ? [] : [{ ip, prefix: prefixlen }]
}

/** The device of the first default route in `ip -j -4 route show default`; null when there is none. */
export function parseDefaultDevice(json: string): string | null {
  const routes = JSON.parse(json || '[]') as { dev?: string }[]
  return routes.find((route) => route.dev !== undefined)?.dev ?? null
}

export interface Choice {
  readonly interface: NetworkInterface
  /** Why this one, in words for the operator. */
  readonly why: string
}

/** Picks the interface to look at. Throws CannotLook when there is none, or it cannot carry ARP. */
export function chooseInterface(
  all: readonly NetworkInterface[],
  defaultDevice: string | null,
  vips: readonly Ipv4[],
  wanted: string | undefined,
): Choice {
  const choice = wanted === undefined ? findInterface(all, defaultDevice, vips) : named(all, wanted)
  const { name, loopback, up } = choice.interface
  if (loopback) throw cannot(name, 'is a loopback: no ARP there', `name another with -i: ${names(all)}`)
  if (!up) throw cannot(name, 'is down', `\`ip link set ${name} up\`, or name another with -i: ${names(all)}`)
  return choice
}

function named(all: readonly NetworkInterface[], wanted: string): Choice {
  const found = all.find(({ name }) => name === wanted)
  if (!found) throw cannot(wanted, 'does not exist', `name one of these with -i: ${names(all)}`)
  return { interface: found, why: 'named with -i' }
}

function findInterface(all: readonly NetworkInterface[], defaultDevice: string | null, vips: readonly Ipv4[]): Choice {
  for (const vip of vips) {
    const found = withSubnetOf(vip, all)
    if (found) return { interface: found, why: `${formatIpv4(vip)} is in its subnet` }
  }
  const none = vips.length > 0 ? 'no interface has the VIP in its subnet; ' : ''
  const byRoute = all.find(({ name }) => name === defaultDevice)
  if (byRoute) return { interface: byRoute, why: `${none}it has the default route` }
  const [only, ...more] = all.filter(({ loopback, up }) => up && !loopback)
  if (only && more.length === 0) return { interface: only, why: `${none}it is the only one that is up` }
  throw cannot('to look at', `${none}there is no default route`, `name one with -i: ${names(all)}`)
}

/** The longest prefix wins. A /32 is an address that was put there, not a subnet. */
function withSubnetOf(vip: Ipv4, all: readonly NetworkInterface[]): NetworkInterface | null {
  let [best, longest] = [null as NetworkInterface | null, 0]
  for (const candidate of all.filter(({ loopback, up }) => up && !loopback)) {
    const prefix = subnetOf(vip, candidate)?.prefix ?? 0
    if (prefix > longest) [best, longest] = [candidate, prefix]
  }
  return best
}

function subnetOf(vip: Ipv4, { addresses }: NetworkInterface) {
  const holding = addresses.filter(({ ip, prefix }) => prefix < 32 && contains(ip, prefix, vip))
  return holding.sort((a, b) => b.prefix - a.prefix)[0]
}

function contains(network: Ipv4, prefix: number, ip: Ipv4): boolean {
  const size = 2 ** (32 - prefix)
  return Math.floor(network / size) === Math.floor(ip / size)
}

/** The addresses to ask with: those of the VIP's own subnet first, single addresses (other VIPs) last. */
export function askingAddresses(vip: Ipv4 | undefined, from: NetworkInterface): Ipv4[] {
  const rank = ({ ip, prefix }: { ip: Ipv4; prefix: number }) =>
    prefix === 32 ? 2 : vip !== undefined && contains(ip, prefix, vip) ? 0 : 1
  return [...from.addresses].sort((a, b) => rank(a) - rank(b)).map(({ ip }) => ip)
}

/** Whether an address lies in a subnet of the interface, so that its owner answers for itself. */
export function isOnLink(address: Ipv4, device: NetworkInterface): boolean {
  return device.addresses.some(({ ip, prefix }) => prefix < 32 && contains(ip, prefix, address))
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
