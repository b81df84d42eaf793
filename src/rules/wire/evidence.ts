import type { AddressFacts, ClaimFacts, Micros, RequestMode } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import { formatMac, parseMac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import type { Evidence, Subject } from '../define.js'
import { ipSubject } from '../subject.js'

/** What every finding about an address carries: the address, and its VLAN stack (empty when untagged). */
export interface Where {
  readonly ip: string
  readonly vlans: readonly number[]
}

export function addressSubject(address: Pick<AddressFacts, 'ip' | 'vlans'>): Subject {
  const { ip, vlans } = where(address)
  return ipSubject(ip, vlans)
}

export function where({ ip, vlans }: Pick<AddressFacts, 'ip' | 'vlans'>): Where {
  return { ip: formatIp(ip), vlans: [...vlans] }
}

/** `10.0.0.240`, `10.0.0.240 on VLAN 100`. */
export function place({ ip, vlans }: Where): string {
  return vlans.length > 0 ? `${ip} on VLAN ${vlans.join('.')}` : ip
}

export function frameEvidence(frame: number, at: Micros, summary: string): Evidence {
  return { kind: 'frame', frame, at: isoFromMicros(at), summary }
}

/** The first and last frame in which a MAC claimed the address. */
export function claimEvidence(address: Pick<AddressFacts, 'ip'>, claim: ClaimFacts): Evidence[] {
  const says = `${formatIp(address.ip)} is at ${formatMac(claim.mac)}`
  const first = frameEvidence(claim.firstFrame, claim.firstAt, `${says} (first seen)`)
  if (claim.lastFrame === claim.firstFrame) return [first]
  return [first, frameEvidence(claim.lastFrame, claim.lastAt, `${says} (last seen)`)]
}

/** A MAC as a person knows it: with the protocol that owns it, where its form tells. */
export function namedMac(text: string): string {
  const name = virtualRouterName(parseMac(text) ?? 0)
  return name ? `${text} (${name})` : text
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** `1 round`, `2 rounds`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** How a request that goes to every machine goes there: ARP broadcasts it, neighbour discovery sends it to a group. */
export function toAll(ip: string): 'broadcast' | 'multicast' {
  return isSix(ip) ? 'multicast' : 'broadcast'
}

/** The mode of a request in words. */
export function modeWords(mode: RequestMode, ip: string): string {
  return mode === 'broadcast' ? toAll(ip) : mode
}

/** Whether an address, as findings write it, is of IPv6. */
export function isSix(ip: string): boolean {
  return ip.includes(':')
}
