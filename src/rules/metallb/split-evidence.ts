import type { Attribution } from '../../facts/attribution.js'
import type { Host } from '../../node/model.js'
import type { WireFacts } from '../../observe/model.js'
import { formatIpv4 } from '../../wire/ipv4.js'
import type { Evidence } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { MEMBERLIST_PORT, missingListeners } from '../memberlist/listening.js'
import { sh } from '../shell.js'
import { answerers, contestedRounds } from '../wire/rounds.js'

/** What the wire and the hosts add to two speakers that each say they announce. */

/** In how many rounds two or more of these nodes answered for the address together. */
export function roundsTogether(
  wire: WireFacts,
  attribution: Attribution,
  ip: string,
  nodes: readonly string[],
): number {
  const rounds = wire.addresses.filter((address) => formatIpv4(address.ip) === ip).flatMap(contestedRounds)
  return rounds.filter((round) => {
    const owners = [...answerers(round)].flatMap((mac) => attribution.ownersOf(mac).map(({ node }) => node))
    return new Set(owners.filter((node) => nodes.includes(node))).size > 1
  }).length
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
