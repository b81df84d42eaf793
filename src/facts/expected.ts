import type { ExpectedFrom } from '../cluster/announcers/announcer.js'

/** Who should answer for an address, joined over all announcers. */
export interface ExpectedAnswer {
  readonly ip: string
  /** `namespace/name` of every Service that has the address, sorted. */
  readonly services: readonly string[]
  /** Announcers that count the address theirs. */
  readonly announcers: readonly string[]
  /** One entry a node, best source first. More than one: the sources disagree. Empty: nobody will answer, or nobody can say. */
  readonly nodes: readonly {
    readonly node: string
    readonly from: ExpectedFrom
    readonly announcer: string
    readonly detail: string
  }[]
}

/** By address, as text. */
export type ExpectedAnswers = ReadonlyMap<string, ExpectedAnswer>
