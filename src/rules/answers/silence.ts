import type { AnswerTable, Responder, SilentHost } from '../../facts/answers/model.js'
import { valueOr } from '../../known.js'
import { addressesByIp } from '../../node/lookups.js'
import type { Host } from '../../node/model.js'
import { formatIp } from '../../wire/ip.js'

/** Whether anybody answered an ordinary request: nobody resolves an address by a probe. */
export function isResolved({ put }: AnswerTable): boolean {
  return put.some(({ mode, answered }) => mode !== 'probe' && answered > 0)
}

/** How many ordinary requests were put. */
export function requestsOf({ put }: AnswerTable): number {
  return put.reduce((sum, { mode, sent }) => sum + (mode === 'probe' ? 0 : sent), 0)
}

/** Whether an answer to an ordinary request came from this host, by all that is known of the MACs. */
export function hasAnswered(host: string, { responders }: AnswerTable): boolean {
  return responders.some(
    ({ claim, explanations, owners, behind, against }) =>
      claim.answered.broadcast.answered + claim.answered.unicast.answered > 0 &&
      (explanations.some((one) => one.host === host) ||
        against.some((one) => one.host === host) ||
        owners.some(({ node }) => node === host) ||
        behind.includes(host)),
  )
}

/** Where the host holds the address, and whether a frame of the segment can enter there. */
export function heldOn(
  { sections: { addresses, links } }: Host,
  { ip }: AnswerTable,
): { device: string; aside: boolean; prefix: number }[] {
  return addressesByIp(valueOr(addresses, []), formatIp(ip)).map(({ interface: device, prefix }) => ({
    device,
    prefix,
    aside: valueOr(links, []).some((link) => link.name === device && ['loopback', 'dummy'].includes(link.role)),
  }))
}

/**
 * The silent hosts that are a fault: those that somebody says should answer, and did not; those that only hold the address, where
 * nobody answers, or where another machine answered, or will answer, its duplicate address detection. Without a capture a host that holds it aside
 * keeps silent by design.
 */
export function faultySilence(table: AnswerTable, hosts: readonly Host[]): readonly SilentHost[] {
  const { seen, silent } = table
  if (seen !== null && requestsOf(table) === 0) return []
  return silent.filter((one) => {
    if (hasAnswered(one.host, table)) return false
    // what is not known of a host is worth a word only where nobody answers
    if (isOpen(one) && (seen === null || isResolved(table))) return false
    if (one.expected) return seen !== null || !isAbsent(one)
    const host = hosts.find(({ name }) => name === one.host)
    const held = host ? heldOn(host, table) : []
    return seen === null ? held.some(({ aside }) => !aside) : !isResolved(table) || isTaken(one, table)
  })
}

/**
 * Another machine defended the address when this host took it (RFC 4862 section 5.4.5), or will: while the host still asks, no
 * host that was read is the one that answers.
 */
export function isTaken({ deciding }: SilentHost, { responders }: AnswerTable): boolean {
  if (deciding.check !== 'DAD') return false
  return deciding.value.includes('dadfailed') || responders.every(isOfNobody)
}

function isOfNobody({ explanations, against, owners, behind }: Responder): boolean {
  return explanations.length + against.length + owners.length + behind.length === 0
}

/** It does not have the address at all. */
export function isAbsent({ deciding }: SilentHost): boolean {
  return ['local address', 'proxy entry', 'forwarding', 'proxy_arp_pvlan', 'route'].includes(deciding.check)
}

/** Whether it keeps silent is not known: something that was not read, or cannot be, decides it. */
export function isOpen({ deciding }: SilentHost): boolean {
  return deciding.outcome === 'doubt'
}
