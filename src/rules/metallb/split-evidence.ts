import type { Attribution } from '../../facts/attribution.js'
import type { Host } from '../../node/model.js'
import type { WireFacts } from '../../observe/model.js'
import { classifyResponder, isProxyClass } from '../../probe/classify.js'
import { formatIp } from '../../wire/ip.js'
import type { Evidence } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { MEMBERLIST_PORT, missingListeners } from '../memberlist/listening.js'
import { sh } from '../shell.js'
import { answerers, contestedRounds, isContested } from '../wire/rounds.js'

/** What the wire and the hosts add to two speakers that each say they announce. */

export interface Together {
  /** Two or more of the nodes asked about. */
  readonly nodes: readonly string[]
  readonly rounds: number
}

/** The rounds that two or more of these nodes answered together, other than in the seconds of a takeover; null without one. */
export function roundsTogether(
  wire: WireFacts,
  attribution: Attribution,
  ip: string,
  nodes: readonly string[],
): Together | null {
  const address = wire.addresses.find((one) => formatIp(one.ip) === ip)
  if (!address || !isContested(address)) return null
  const proxies = new Set(
    address.claims.flatMap((claim) => (isProxyClass(classifyResponder(claim, address)) ? [claim.mac] : [])),
  )
  const owners = contestedRounds(address).map((round) => {
    const speaking = [...answerers(round)].filter((mac) => !proxies.has(mac))
    const named = speaking.flatMap((mac) => attribution.ownersOf(mac).map(({ node }) => node))
    return new Set(named.filter((node) => nodes.includes(node)))
  })
  const shared = owners.filter(({ size }) => size > 1)
  if (shared.length === 0) return null
  return { nodes: [...new Set(shared.flatMap((one) => [...one]))].sort(), rounds: shared.length }
}

/** Several rounds were answered, each by the same one machine. */
export function oneAnswers(wire: WireFacts, ip: string): boolean {
  const address = wire.addresses.find((one) => formatIp(one.ip) === ip)
  const answered = address?.exchanges.filter(({ answers }) => answers.length > 0) ?? []
  return answered.length > 1 && new Set(answered.flatMap((round) => [...answerers(round)])).size === 1
}

export interface Listening {
  /** Every one of the nodes takes memberlist's port: what does not pass is lost between them. Null when nobody saw all of them. */
  readonly all: boolean | null
  readonly evidence: readonly Evidence[]
}

/** Whether the speakers of these nodes listen; on a port of the operator's own choice nobody has looked. */
export function listeningOf(hosts: readonly Host[], nodes: readonly string[], port: number): Listening {
  const read = port === MEMBERLIST_PORT ? hosts.filter(({ name }) => nodes.includes(name)) : []
  const looked = read.flatMap((host) => {
    const missing = missingListeners(host)
    return missing === null ? [] : [{ host, missing }]
  })
  return {
    all: looked.length < nodes.length ? null : looked.every(({ missing }) => missing.length === 0),
    evidence: looked.map(({ host, missing }) => listeningEvidence(host, missing)),
  }
}

function listeningEvidence(host: Host, missing: readonly string[]): Evidence {
  const lines = ['tcp', 'udp'].map(
    (protocol) => `${protocol} port ${MEMBERLIST_PORT}: ${missing.includes(protocol) ? 'no listener' : 'listens'}`,
  )
  return commandEvidence(host, sh`ss -lntu | grep ${MEMBERLIST_PORT}`, lines.join('\n'))
}
