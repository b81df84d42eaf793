/** An IPv6 address as one integer of 128 bits: `::1` is 1n. A zone (`%eth0`) is no part of it: it names where to look. */
export type Ipv6 = bigint

/** The address that lies in four words, as the decoder holds one. */
export function ipv6Of(words: Int32Array): Ipv6 {
  return words.reduce<Ipv6>((ip, word) => (ip << 32n) | BigInt(word >>> 0), 0n)
}

const GROUP = /^[0-9a-f]{1,4}$/i
const GROUPS = 8
const DOTTED = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const LOW_16 = 0xffffn

/** The address of eight groups, whatever its spelling (RFC 4291 section 2.2); `null` for anything else, a zone included. */
export function parseIpv6(text: string): Ipv6 | null {
  const [before, after, ...more] = withoutDots(text).split('::')
  if (before === undefined || more.length > 0) return null
  const head = groupsOf(before)
  if (after === undefined) return head?.length === GROUPS ? joined(head) : null
  const tail = groupsOf(after)
  if (head === null || tail === null || head.length + tail.length >= GROUPS) return null
  return joined([...head, ...new Array<number>(GROUPS - head.length - tail.length).fill(0), ...tail])
}

/** As RFC 5952 section 4 wants it: lower case, no leading zeros, the longest run of zero groups (of several) left out. */
export function formatIpv6(ip: Ipv6): string {
  const groups = Array.from({ length: GROUPS }, (_, at) => Number((ip >> BigInt(16 * (GROUPS - 1 - at))) & LOW_16))
  const [start, length] = longestRunOfZeros(groups)
  const hex = (some: readonly number[]) => some.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** Why no machine can hold this address alone and answer for it; null where one can. RFC 4291 sections 2.5 to 2.7. */
export function whyNoHost6(ip: Ipv6): string | null {
  if (ip === 0n) return ':: names no host'
  if (ip === 1n) return '::1 is loopback'
  if (isMulticast6(ip)) return 'ff00::/8 is multicast'
  return ip >> 32n === 0xffffn ? '::ffff:0:0/96 stands for IPv4 addresses: name the IPv4 address' : null
}

export function isMulticast6(ip: Ipv6): boolean {
  return ip >> 120n === 0xffn
}

/** fe80::/10: it means something on its own link only. */
export function isLinkLocal6(ip: Ipv6): boolean {
  return ip >> 118n === 0x3fan
}

function groupsOf(text: string): number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => GROUP.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null
}

/** `::ffff:10.0.0.1` with its last four octets as two groups; other text as it is. */
function withoutDots(text: string): string {
  const [, head = '', ...octets] = DOTTED.exec(text) ?? []
  const [a = 256, b = 256, c = 256, d = 256] = octets.map(Number)
  if (Math.max(a, b, c, d) > 255) return text
  return `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

function joined(groups: readonly number[]): Ipv6 {
  return groups.reduce((ip, group) => (ip << 16n) | BigInt(group), 0n)
}

/** Where the first longest run of zeros begins, and how long it is. */
function longestRunOfZeros(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0]
  for (let at = 0; at < groups.length; at++) {
    const end = groups.findIndex((group, place) => place >= at && group !== 0)
    const length = (end < 0 ? groups.length : end) - at
    if (length > best[1]) best = [at, length]
  }
  return best
}
