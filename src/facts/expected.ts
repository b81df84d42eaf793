import type { AnnouncerView, ExpectedFrom, VipAnswer } from '../cluster/announcers/announcer.js'
import { groupBy } from '../cluster/group-by.js'
import type { ClusterNode, Service } from '../cluster/model.js'

/** Who should answer for an address, joined over all announcers. */
export interface ExpectedAnswer {
  readonly ip: string
  /** `namespace/name` of every Service that has the address, sorted. */
  readonly services: readonly string[]
  /** Announcers that count the address theirs, sorted. */
  readonly announcers: readonly string[]
  /** One entry a node, best source first. More than one: the sources disagree. Empty: nobody will answer, or nobody can say. */
  readonly nodes: readonly ExpectedBy[]
  /** The object by which BGP alone announces it, so that no machine needs to answer ARP; absent where none says so. */
  readonly byBgp?: string
}

export interface ExpectedBy {
  readonly node: string
  readonly from: ExpectedFrom
  readonly announcer: string
  readonly detail: string
}

/** By address, as text. */
export type ExpectedAnswers = ReadonlyMap<string, ExpectedAnswer>

/** Every VIP of the Services and every address that an announcer counts its own, sorted by address text. */
export function joinExpected(
  services: readonly Service[],
  views: readonly AnnouncerView[],
  bgpOf: (service: Service, ip: string) => string | null,
  nodes: readonly ClusterNode[] = [],
): ExpectedAnswers {
  const owners = ownersOf(nodes)
  const answers = views.flatMap(({ name, answers }) => answers.map((answer) => ({ announcer: name, answer })))
  const byIp = groupBy(answers, ({ answer }) => answer.ip)
  const users = groupBy(
    services.flatMap((service) => vipsOf(service).map((ip) => ({ ip, service }))),
    ({ ip }) => ip,
  )
  // 10.0.0.9 before 10.0.0.10; made here, because its rules take 15 ms to load
  const { compare } = new Intl.Collator('en', { numeric: true })
  const ips = [...new Set([...users.keys(), ...byIp.keys()])].sort(compare)
  return new Map(
    ips.map((ip) => {
      const own = (users.get(ip) ?? []).map(({ service }) => service)
      const keys = own.map(({ key }) => key)
      const answer = join(ip, keys, byIp.get(ip) ?? [], owners.get(ip) ?? [])
      const byBgp = answer.announcers.length > 0 ? null : firstObject(own, ip, bgpOf)
      return [ip, byBgp === null ? answer : { ...answer, byBgp }]
    }),
  )
}

function firstObject(
  services: readonly Service[],
  ip: string,
  bgpOf: (service: Service, ip: string) => string | null,
): string | null {
  return services.map((service) => bgpOf(service, ip)).find((object) => object !== null) ?? null
}

interface Answered {
  readonly announcer: string
  readonly answer: VipAnswer
}

/** What is a node's own is answered by that node, whatever an announcer takes it for. */
function ownersOf(nodes: readonly ClusterNode[]): ReadonlyMap<string, readonly ExpectedBy[]> {
  const owners = new Map<string, ExpectedBy[]>()
  for (const { name: node, internalIPs } of nodes) {
    const own: ExpectedBy = { node, from: 'address', announcer: 'node', detail: `Node/${node} .status.addresses` }
    for (const ip of internalIPs) owners.set(ip, [...(owners.get(ip) ?? []), own])
  }
  return owners
}

function join(
  ip: string,
  services: readonly string[],
  answered: readonly Answered[],
  owners: readonly ExpectedBy[],
): ExpectedAnswer {
  const named = answered.flatMap(({ answer }) => (answer.service === null ? [] : [answer.service]))
  const nodes = new Map<string, ExpectedBy>()
  for (const { announcer, answer } of answered) {
    for (const expected of answer.expected) keepFirst(nodes, { ...expected, announcer })
  }
  return {
    ip,
    services: [...new Set([...services, ...named])].sort(),
    announcers: [...new Set(answered.map(({ announcer }) => announcer))].sort(),
    nodes: owners.length > 0 ? owners : [...nodes.values()],
  }
}

function keepFirst(nodes: Map<string, ExpectedBy>, expected: ExpectedBy): void {
  if (!nodes.has(expected.node)) nodes.set(expected.node, expected)
}

/** The addresses at which a Service is reached from outside. */
export function vipsOf({ ingress, externalIPs }: Pick<Service, 'ingress' | 'externalIPs'>): string[] {
  const ips = [...ingress.flatMap(({ ip }) => (ip === null ? [] : [ip])), ...externalIPs]
  return ips.length < 2 ? ips : [...new Set(ips)]
}
