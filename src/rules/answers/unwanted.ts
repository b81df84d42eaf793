import type { Reply } from '../../answering/model.js'
import type { AnswerTable, Explanation, Responder } from '../../facts/answers/model.js'
import { valueOr } from '../../known.js'
import { addressesByIp } from '../../node/lookups.js'
import type { Host, InterfaceAddress } from '../../node/model.js'
import { formatIp } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'

/** One way in which a host answers for an address: seen on the wire, or, without a capture, by the model. */
export interface Answering {
  readonly host: Host
  readonly explanation: Explanation
  /** Null: predicted, no capture shows it. */
  readonly mac: Mac | null
  /** Where the host holds the address. */
  readonly held: readonly InterfaceAddress[]
  readonly claim: Claim
}

/**
 * How good a claim is, where nobody says who should answer: the address on the interface that was asked, or an announcer; the
 * address elsewhere on the host; the place of another machine.
 */
export type Claim = 'owner' | 'elsewhere' | 'proxy'

export type Fault =
  /** Another machine should answer. */
  | 'other-machine'
  /** The right machine, on one interface too many. */
  | 'second-interface'
  /** Several have an equal claim, and nobody says whose it is. */
  | 'contested'

export interface Unwanted {
  readonly answering: Answering
  readonly fault: Fault
}

/** Every way in which hosts that were read answer. */
export function answeringOf(
  { ip, seen, responders, predicted }: AnswerTable,
  hosts: readonly Host[],
): readonly Answering[] {
  const found = seen
    ? responders.flatMap(({ mac, explanations }) => explanations.map((explanation) => ({ explanation, mac })))
    : onePerInterface(
        predicted.flatMap(({ host, on, prediction: { replies, because, missing, assumed } }) =>
          replies.map((reply) => ({
            explanation: { host, on, reply, sure: true, because, missing, assumed },
            mac: reply.mac,
          })),
        ),
      )
  return found.flatMap(({ explanation, mac }) => {
    const host = hosts.find(({ name }) => name === explanation.host)
    if (!host) return []
    const held = addressesByIp(valueOr(host.sections.addresses, []), formatIp(ip))
    return [{ host, explanation, mac: seen ? mac : null, held, claim: claimOf(explanation.reply, held, host) }]
  })
}

function onePerInterface<T extends { explanation: Explanation }>(all: readonly T[]): T[] {
  const keyOf = ({ explanation: { host, reply } }: T) => `${host} ${reply.interface} ${reply.path}`
  return [...new Map(all.map((one) => [keyOf(one), one])).values()]
}

function claimOf({ path, interface: name }: Reply, held: readonly InterfaceAddress[], host: Host): Claim {
  if (path === 'announcer') return 'owner'
  if (path !== 'local') return 'proxy'
  if (held.some((one) => one.interface === name)) return 'owner'
  return held.every((one) => isIpvs(host, one.interface)) ? 'proxy' : 'elsewhere'
}

/** kube-ipvs0 holds every VIP on every node: no claim to one. */
export function isIpvs({ sections: { links } }: Host, name: string): boolean {
  return valueOr(links, []).some((link) => link.name === name && link.role === 'ipvs')
}

/** Those that should not answer, and why not. */
export function unwantedOf(table: AnswerTable, hosts: readonly Host[]): readonly Unwanted[] {
  const all = answeringOf(table, hosts)
  if (table.rightful === null && all.every(isAnycast)) return []
  const right = rightHosts(table, all)
  const others = all.filter(({ host }) => !right.has(host.name))
  const second = [...right].flatMap((name) => beyondTheFirst(all.filter(({ host }) => host.name === name)))
  const contested = right.size > 1 && table.rightful === null
  return [
    ...(contested ? all.filter(({ host }) => right.has(host.name)).map((one) => marked(one, 'contested')) : []),
    ...others.map((one) => marked(one, 'other-machine')),
    ...second.map((one) => marked(one, 'second-interface')),
  ]
}

/** Every router of a subnet answers for its anycast address: none of them is one too many. */
function isAnycast({ explanation }: Answering): boolean {
  return explanation.reply.path === 'anycast'
}

function marked(answering: Answering, fault: Fault): Unwanted {
  return { answering, fault }
}

/** The one host with the best claim, where nobody says who should answer; null: none, or several. */
export function presumedHolder(table: AnswerTable, hosts: readonly Host[]): string | null {
  if (table.rightful !== null) return null
  const [only, ...others] = rightHosts(table, answeringOf(table, hosts))
  return only === undefined || others.length > 0 ? null : only
}

/** The hosts that may answer: by the word of operator, node or announcer; else those with the best claim. */
function rightHosts({ rightful, responders }: AnswerTable, all: readonly Answering[]): ReadonlySet<string> {
  if (rightful?.by === 'operator') {
    const { macs } = rightful
    return namesOf(all.filter(({ mac, explanation }) => macs.includes(mac ?? explanation.reply.mac ?? -1)))
  }
  if (rightful) return new Set(rightful.nodes)
  const best = CLAIMS.find((claim) => all.some((one) => one.claim === claim))
  // one that stands in for others is right only where nobody owns the address, and that is not known
  const alone = best === 'proxy' && responders.length < 2
  return alone ? new Set() : namesOf(all.filter(({ claim }) => claim === best))
}

const CLAIMS: readonly Claim[] = ['owner', 'elsewhere', 'proxy']

function namesOf(all: readonly Answering[]): Set<string> {
  return new Set(all.map(({ host }) => host.name))
}

/** Of several MACs of one host one is enough: that of the interface which holds the address, or the first. */
function beyondTheFirst(own: readonly Answering[]): readonly Answering[] {
  const best = CLAIMS.flatMap((claim) => own.filter((one) => one.claim === claim))
  const [first] = best
  return best.filter((one) => one.explanation.reply.mac !== first?.explanation.reply.mac)
}

/** Nothing explains them. */
export function unexplained(responders: readonly Responder[]): readonly Responder[] {
  return responders.filter(({ explanations }) => explanations.length === 0)
}
