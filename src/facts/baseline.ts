import type { Service } from '../cluster/model.js'
import { type ExpectedAnswers, vipsOf } from './expected.js'

/** One Service's VIP and who announces it, as a run saw them. */
export interface Binding {
  /** `namespace/name`. */
  readonly service: string
  readonly ips: readonly string[]
  /** The expected node of each address where one is known. */
  readonly nodes: Readonly<Record<string, string>>
  readonly announcers: readonly string[]
  /** Until when it was so, ISO 8601; absent: nobody wrote that down. */
  readonly until?: string | undefined
  /** From then to `until` nothing is known: it was so at this time, and no longer at that one. Absent: it was seen all the while. */
  readonly unseenFrom?: string | undefined
}

/** What `--baseline` keeps from one run to the next. */
export interface StoredBaseline {
  /** When the cluster was read, ISO 8601. */
  readonly at: string
  readonly bindings: readonly Binding[]
}

/** The bindings of the last run beside those of this one. */
export interface BaselineFacts {
  /** When the last run read the cluster, ISO 8601. */
  readonly previousAt: string
  readonly previous: readonly Binding[]
  readonly current: readonly Binding[]
}

/** The bindings of all LoadBalancer Services, those that wait for an address included. */
export function bindingsOf(services: readonly Service[], expected: ExpectedAnswers): Binding[] {
  return services.map((service) => {
    const ips = vipsOf(service)
    const answers = ips.flatMap((ip) => expected.get(ip) ?? [])
    const nodes = answers.flatMap(({ ip, nodes }) => (nodes[0] ? [[ip, nodes[0].node] as const] : []))
    return {
      service: service.key,
      ips,
      nodes: Object.fromEntries(nodes),
      announcers: [...new Set(answers.flatMap(({ announcers }) => announcers))].sort(),
    }
  })
}
