import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { formatIpv4 } from '../wire/ipv4.js'
import { formatMac, parseMac, ZERO_MAC } from '../wire/mac.js'

/** A machine of a link, as the kernel's neighbour table has it: both as text. */
export interface LinkNeighbour {
  readonly ip: string
  readonly mac: string
}

/** RTF_GATEWAY of include/uapi/linux/route.h. */
const VIA_GATEWAY = 2
/** ATF_COM of include/uapi/linux/if_arp.h: the entry has a MAC. */
const COMPLETE = 2

/** The IPv4 neighbours of this machine on an interface; none where the kernel does not say. */
export function readNeighbours(device: string): LinkNeighbour[] {
  return parseNeighbours(read('/proc/net/arp'), device)
}

/** Those of them by which it reaches the rest of the world. */
export function readGateways(device: string): LinkNeighbour[] {
  const ips = readGatewayIps(device)
  return readNeighbours(device).filter(({ ip }) => ips.includes(ip))
}

/** The same by its routes alone, whether their MACs are known or not. */
export function readGatewayIps(device: string): string[] {
  return parseGateways(read('/proc/net/route'), device)
}

/** The next hops of the default routes in `/proc/net/route` (net/ipv4/fib_trie.c: each address as a number of the machine). */
export function parseGateways(table: string, device: string, order = endianness()): string[] {
  const rows = table.split('\n').map((line) => line.split('\t').map((field) => field.trim()))
  return rows.flatMap(([name, destination, gateway = '', flags = '']) =>
    name === device && destination === '00000000' && (Number.parseInt(flags, 16) & VIA_GATEWAY) !== 0
      ? [formatIpv4(numberIn(Buffer.from(gateway.padStart(8, '0'), 'hex'), order))]
      : [],
  )
}

function numberIn(bytes: Buffer, order: 'BE' | 'LE'): number {
  return order === 'LE' ? bytes.readUInt32LE() : bytes.readUInt32BE()
}

/** The entries with a MAC in `/proc/net/arp`. */
export function parseNeighbours(table: string, device: string): LinkNeighbour[] {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.flatMap(([ip = '', , flags = '', text = '', , name]) => {
    const mac = parseMac(text)
    const isThere = name === device && (Number.parseInt(flags, 16) & COMPLETE) !== 0
    return isThere && mac !== null && mac !== ZERO_MAC ? [{ ip, mac: formatMac(mac) }] : []
  })
}

/** Empty on a system without it. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
