import type { AnnouncerView, ExpectedFrom, VipAnswer } from '../cluster/announcers/announcer.js'
import { groupBy } from '../cluster/group-by.js'
import type { Service } from '../cluster/model.js'

/** Who should answer for an address, joined over all announcers. */
export interface ExpectedAnswer {
  readonly ip: string
  /** `namespace/name` of every Service that has the address, sorted. */
  readonly services: readonly string[]
  /** Announcers that count the address theirs, sorted. */
  readonly announcers: readonly string[]
  /** One entry a node, best source first. More than one: the sources disagree. Empty: nobody will answer, or nobody can say. */
  readonly nodes: readonly ExpectedBy[]
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
export function joinExpected(services: readonly Service[], views: readonly AnnouncerView[]): ExpectedAnswers {
  const answers = views.flatMap(({ name, answers }) => answers.map((answer) => ({ announcer: name, answer })))
  const byIp = groupBy(answers, ({ answer }) => answer.ip)
  const users = groupBy(
    services.flatMap((service) => vipsOf(service).map((ip) => ({ ip, service: service.key }))),
    ({ ip }) => ip,
  )
  // 10.0.0.9 before 10.0.0.10; made here, because its rules take 15 ms to load
  const { compare } = new Intl.Collator('en', { numeric: true })
  const ips = [...new Set([...users.keys(), ...byIp.keys()])].sort(compare)
  return new Map(
    ips.map((ip) => [
      ip,
      join(
        ip,
        (users.get(ip) ?? []).map(({ service }) => service),
        byIp.get(ip) ?? [],
      ),
    ]),
  )
}

interface Answered {
  readonly announcer: string
  readonly answer: VipAnswer
}

function join(ip: string, services: readonly string[], answered: readonly Answered[]): ExpectedAnswer {
  const named = answered.flatMap(({ answer }) => (answer.service === null ? [] : [answer.service]))
  const nodes = new Map<string, ExpectedBy>()
  for (const { announcer, answer } of answered) {
    for (const expected of answer.expected) keepFirst(nodes, { ...expected, announcer })
  }
  return {
    ip,
    services: [...new Set([...services, ...named])].sort(),
    announcers: [...new Set(answered.map(({ announcer }) => announcer))].sort(),
    nodes: [...nodes.values()],
  }
}

function keepFirst(nodes: Map<string, ExpectedBy>, expected: ExpectedBy): void {
  if (!nodes.has(expected.node)) nodes.set(expected.node, expected)
}

/** The addresses at which a Service is reached from outside. */
export function vipsOf({ ingress, externalIPs }: Pick<Service, 'ingress' | 'externalIPs'>): string[] {
  return [...new Set([...ingress.flatMap(({ ip }) => (ip === null ? [] : [ip])), ...externalIPs])]
}
