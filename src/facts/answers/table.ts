import { isCrowded, MOST_INTERFACES } from '../../answering/interfaces.js'
import { type Gap, known, valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import type { AddressFacts } from '../../observe/model.js'
import type { Steps, Stop } from '../../steps.js'
import type { Ip } from '../../wire/ip.js'
import type { ExpectedAnswers } from '../expected.js'
import type { Facts, FactTable } from '../facts.js'
import { isSilenceTelling } from '../question.js'
import { type Charges, chargesOf } from './charge.js'
import { respondersOf } from './explained.js'
import type { AnswerTable, HostAnswer, Rightful } from './model.js'
import { holds, predictAll } from './predicted.js'
import { questionsPut } from './put.js'
import type { Segment } from './reached.js'
import { replacedHosts } from './replaced.js'
import { nodeAddresses, rightfulOf } from './rightful.js'
import { staleEntries } from './stale.js'
import { brokenPaths, silentHosts } from './unanswered.js'
import { upstreamEntries } from './upstream.js'

/** What the table is made of; absent: not known, or never looked for. */
export type AnswerInputs = Pick<Facts, 'question'> &
  Partial<Pick<Facts, 'wire' | 'hosts' | 'cluster' | 'announcers' | 'expected' | 'attribution' | 'neighbours'>>

/** Addresses of one run that get a table: of a cluster and of a capture far more than any has. */
const MOST_TABLES = 20_000

/** The tables, and what kept others from being made. */
interface Tabled {
  readonly tables: readonly AnswerTable[]
  readonly left: readonly Gap[]
}

/** One table for each address asked for and for each of the capture's, in steps. */
export function* tabling(inputs: AnswerInputs): Steps<Tabled> {
  const hosts = (inputs.hosts ?? []).filter((host) => host.reached && host.sections.links.known && !isCrowded(host))
  const { cluster, announcers = [] } = inputs
  const charges = chargesOf(cluster, announcers, hosts)
  const owners = nodeAddresses(cluster)
  const expected: ExpectedAnswers = inputs.expected ?? new Map()
  const addresses = addressesOf(inputs)
  const tables: AnswerTable[] = []
  let stop: Stop = null
  for (const { ip, seen } of addresses.slice(0, MOST_TABLES)) {
    stop = yield
    if (stop !== null) break
    const rightful = rightfulOf(ip, inputs.question, owners, expected, charges)
    // nobody announces what is a node's own: what takes it for a VIP is judged by the rules of that announcer
    const own = rightful?.by === 'node' ? NOBODY : charges
    tables.push(tableOf(ip, seen, hosts, own, rightful, inputs))
  }
  const missing = addresses.length - tables.length
  return { tables, left: [...(missing > 0 ? [untold(missing, stop)] : []), ...crowdedHosts(inputs)] }
}

function untold(missing: number, stop: Stop): Gap {
  const reason = stop ?? `a run predicts for ${MOST_TABLES} at most`
  const [subject, hint] = ['who answers', 'name the addresses that matter: --vip IP']
  return { subject, reason: `${reason}; for ${missing} of the addresses it was not predicted`, hint }
}

/** Who answers there for an address asked for is not known. */
function crowdedHosts({ hosts = [], question: { vips } }: AnswerInputs): Gap[] {
  if (vips.length === 0) return []
  return hosts.filter(isCrowded).map(({ name }) => ({
    subject: `${name}: who answers`,
    reason: `it meets the wire at more than ${MOST_INTERFACES} interfaces, and what it answers was not predicted`,
    hint: 'ask it on the wire: l2doctor scan --vip IP',
  }))
}

const NOBODY: Charges = chargesOf(undefined, [], [])

/**
 * The facts with the table, in steps, and what is missing of it; without where nothing says who was asked, or nothing was seen
 * or read.
 */
export function* answering(table: FactTable): Steps<{ readonly facts: FactTable; readonly left: readonly Gap[] }> {
  const inputs = inputsOf(table)
  if (inputs === null || (!inputs.wire && !inputs.hosts && !inputs.neighbours)) return { facts: table, left: [] }
  const { tables, left } = yield* tabling(inputs)
  return { facts: { ...table, answers: known(tables, 'wire, cluster and hosts') }, left }
}

/** The facts of a run, as far as they are in hand. */
function inputsOf(table: FactTable): AnswerInputs | null {
  const { question } = table
  if (!question?.known) return null
  const { wire, hosts, cluster, announcers, expected, attribution, neighbours } = table
  return {
    question: question.value,
    ...(wire?.known ? { wire: wire.value } : {}),
    ...(hosts?.known ? { hosts: hosts.value } : {}),
    ...(cluster?.known ? { cluster: cluster.value } : {}),
    ...(announcers?.known ? { announcers: announcers.value } : {}),
    ...(expected?.known ? { expected: expected.value } : {}),
    ...(attribution?.known ? { attribution: attribution.value } : {}),
    ...(neighbours?.known ? { neighbours: neighbours.value } : {}),
  }
}

function addressesOf({ question: { vips }, wire }: AnswerInputs): { ip: Ip; seen: AddressFacts | null }[] {
  const seen = wire?.addresses ?? []
  const known = new Set(seen.map(({ ip }) => ip))
  return [
    ...seen.map((address) => ({ ip: address.ip, seen: address })),
    ...vips.filter((ip) => !known.has(ip)).map((ip) => ({ ip, seen: null })),
  ]
}

function tableOf(
  ip: Ip,
  seen: AddressFacts | null,
  hosts: readonly Host[],
  charges: Charges,
  rightful: Rightful | null,
  inputs: AnswerInputs,
): AnswerTable {
  const { question, cluster, attribution, wire } = inputs
  const put = questionsPut(ip, seen, hosts)
  const all = predictAll(ip, put, segmentOf({ ip, seen, put }), hosts, charges.announcementsOf(ip))
  const own = charges.of(ip)
  const responders = seen ? respondersOf(seen, all, hosts, own, attribution) : []
  const judged = seen !== null && isSilenceTelling(question, ip)
  return {
    ip,
    vlans: seen?.vlans ?? [],
    seen,
    put,
    rightful,
    predicted: all.filter((one) => isTelling(one, hosts, ip)),
    responders,
    broken: judged ? brokenPaths(put, all, responders, hosts, own) : [],
    replaced: seen && wire ? replacedHosts(ip, seen, all, responders, hosts, rightful, wire) : [],
    silent: silentHosts(ip, all, rightful, hosts, own),
    stale: staleEntries(ip, seen?.vlans ?? [], responders, hosts, rightful, question),
    upstream: upstreamEntries({ ip, seen, responders, hosts, rightful }, inputs),
    unread: cluster ? unreadNodes(cluster, hosts) : [],
  }
}

/** Thousands of hosts that have nothing to do with the address say nothing about it. */
function isTelling({ host, prediction }: HostAnswer, hosts: readonly Host[], ip: Ip): boolean {
  return prediction.answers !== 'no' || hosts.some((one) => one.name === host && holds(one, ip))
}

/** What the capture shows of the segment that an address lies on. */
export function segmentOf({ ip, seen, put }: Pick<AnswerTable, 'ip' | 'seen' | 'put'>): Segment {
  return {
    macs: new Set(seen?.claims.map(({ mac }) => mac) ?? []),
    ips: [ip, ...put.flatMap(({ asker }) => asker ?? [])],
    vlans: seen?.vlans ?? [],
  }
}

function unreadNodes({ nodes }: Facts['cluster'], hosts: readonly Host[]): string[] {
  const read = new Set(hosts.map(({ name }) => name))
  return valueOr(nodes, []).flatMap(({ name }) => (read.has(name) ? [] : [name]))
}
