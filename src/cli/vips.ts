import { formatIpv4, type Ipv4, parseIpv4 } from '../wire/ipv4.js'
import { UsageError } from './exit-codes.js'

/** More than a /16 is a slip of the finger, not a set of VIPs. */
const MOST_VIPS = 65_536

/** `--vip` values: single addresses, comma lists, ranges `a-b` or `a-N`, CIDR blocks; each address once, in order. */
export function parseVips(texts: readonly string[]): Ipv4[] {
  const vips = new Set<Ipv4>()
  for (const text of texts.flatMap((list) => list.split(',')).map((item) => item.trim())) {
    const [first, last] = parseSpan(text)
    if (last - first >= MOST_VIPS) throw new UsageError(`--vip ${text}: more than ${MOST_VIPS} addresses; name fewer`)
    for (let ip = first; ip <= last; ip++) vips.add(ip)
    if (vips.size > MOST_VIPS) throw new UsageError(`--vip: more than ${MOST_VIPS} addresses in all; name fewer`)
  }
  return [...vips]
}

/** First and last address of one item. A block of /30 or larger loses its network and broadcast address. */
function parseSpan(text: string): readonly [Ipv4, Ipv4] {
  if (text.includes('/')) return parseBlock(text)
  if (text.includes('-')) return parseRange(text)
  const ip = parseAddress(text, text)
  return [ip, ip]
}

function parseBlock(text: string): readonly [Ipv4, Ipv4] {
  const [address = '', length = ''] = text.split('/')
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : 33
  if (bits > 32) throw new UsageError(`--vip ${text}: the prefix length must be 0 to 32`)
  const size = 2 ** (32 - bits)
  const first = Math.floor(parseAddress(address, text) / size) * size
  return size >= 4 ? [first + 1, first + size - 2] : [first, first + size - 1]
}

function parseRange(text: string): readonly [Ipv4, Ipv4] {
  const [from = '', to = ''] = text.split('-')
  const first = parseAddress(from, text)
  const last = /^\d{1,3}$/.test(to) ? parseAddress(from.replace(/\d+$/, to), text) : parseAddress(to, text)
  if (last < first) throw new UsageError(`--vip ${text}: the range ends before it starts (${formatIpv4(last)})`)
  return [first, last]
}

function parseAddress(address: string, whole: string): Ipv4 {
  if (address.includes(':')) throw new UsageError(`--vip ${whole}: IPv6 is not supported yet; name an IPv4 address`)
  const ip = parseIpv4(address)
  if (ip === null) {
    throw new UsageError(`--vip ${whole}: not an IPv4 address; write 10.0.0.240, 10.0.0.240-250 or 10.0.0.240/28`)
  }
  return ip
}
