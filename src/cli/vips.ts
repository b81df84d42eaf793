import { formatIp, type Ip, isIpv4, parseIp, splitZone, whyNoHostHolds } from '../wire/ip.js'
import { UsageError } from './exit-codes.js'

/** More than a /16 is a slip of the finger, not a set of VIPs. */
const MOST_VIPS = 65_536

interface VipFlags {
  readonly vip?: readonly string[] | undefined
}

/** `l2doctor scan 10.0.0.240` is `l2doctor scan --vip 10.0.0.240`; what excludes the flag excludes the argument. */
export function withVipArguments<T extends object>(
  flags: T & VipFlags,
  argv: readonly string[],
  excluding: readonly (keyof T)[],
): T & VipFlags {
  if (argv.length === 0) return flags
  const other = excluding.find((name) => flags[name] !== undefined && flags[name] !== false)
  if (other !== undefined) throw new UsageError(`${argv[0]} cannot be given together with --${String(other)}`)
  return { ...flags, vip: [...(flags.vip ?? []), ...argv] }
}

/**
 * `--vip` values: single addresses, comma lists, ranges `a-b` or `a-N`, CIDR blocks; each address once, in order. The zone of an
 * IPv6 address is no part of it: see `zoneOf`.
 */
export function parseVips(texts: readonly string[]): Ip[] {
  const vips = new Set<Ip>()
  for (const text of itemsOf(texts)) {
    const [first, last] = parseSpan(text)
    if (last - first >= MOST_VIPS) throw new UsageError(`--vip ${text}: more than ${MOST_VIPS} addresses; name fewer`)
    for (let ip = first; ip <= last; ip++) vips.add(possible(spanned(ip, text), text))
    if (vips.size > MOST_VIPS) throw new UsageError(`--vip: more than ${MOST_VIPS} addresses in all; name fewer`)
  }
  return [...vips]
}

/** The interface that the zones of the addresses name (`fe80::1%eth0`); null where there is none. */
export function zoneOf(texts: readonly string[]): string | null {
  const zones = new Set(itemsOf(texts).flatMap((text) => splitZone(text)[1] ?? []))
  if (zones.size > 1)
    throw new UsageError(`--vip: ${[...zones].join(' and ')} are two interfaces; ask on one at a time`)
  return [...zones][0] ?? null
}

function itemsOf(texts: readonly string[]): string[] {
  return texts.flatMap((list) => list.split(',')).map((item) => item.trim())
}

function possible(ip: Ip, text: string): Ip {
  const why = whyNoHostHolds(ip)
  if (why !== null) throw new UsageError(`--vip ${text}: ${formatIp(ip)} cannot be a VIP: ${why}`)
  return ip
}

/** The address of a number: spans are counted in numbers of any size. */
function spanned(number: bigint, text: string): Ip {
  return text.includes(':') ? number : Number(number)
}

/** First and last address of one item. An IPv4 block of /30 or larger loses its network and broadcast address. */
function parseSpan(text: string): readonly [bigint, bigint] {
  if (text.includes('/')) return parseBlock(text)
  if (isRange(text)) return parseRange(text)
  const ip = BigInt(parseAddress(text, text))
  return [ip, ip]
}

/** Names of interfaces may hold a hyphen too. */
function isRange(text: string): boolean {
  return splitZone(text)[0].includes('-')
}

function parseBlock(text: string): readonly [bigint, bigint] {
  const [address = '', length = ''] = text.split('/')
  const ip = parseAddress(address, text)
  const most = isIpv4(ip) ? 32 : 128
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : most + 1
  if (bits > most) throw new UsageError(`--vip ${text}: the prefix length must be 0 to ${most}`)
  const size = 1n << BigInt(most - bits)
  const first = (BigInt(ip) / size) * size
  return isIpv4(ip) && size >= 4n ? [first + 1n, first + size - 2n] : [first, first + size - 1n]
}

function parseRange(text: string): readonly [bigint, bigint] {
  const [from = '', to = ''] = text.split('-')
  const first = parseAddress(from, text)
  const short = isIpv4(first) ? /^\d{1,3}$/ : /^[0-9a-f]{1,4}$/i
  const last = parseAddress(short.test(to) ? from.replace(/[0-9a-f]+$/i, to) : to, text)
  if (isIpv4(first) !== isIpv4(last)) throw new UsageError(`--vip ${text}: the ends are not of one family`)
  if (last < first) throw new UsageError(`--vip ${text}: the range ends before it starts (${formatIp(last)})`)
  return [BigInt(first), BigInt(last)]
}

function parseAddress(text: string, whole: string): Ip {
  const [address, zone] = splitZone(text)
  const ip = parseIp(address)
  if (ip === null || zone === '' || (zone !== null && isIpv4(ip))) {
    throw new UsageError(
      `--vip ${whole}: not an address; write 10.0.0.240, 10.0.0.240-250, 10.0.0.240/28, 2001:db8::240 or fe80::1%eth0`,
    )
  }
  return ip
}
