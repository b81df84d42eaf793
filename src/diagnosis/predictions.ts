import { linkStack, wireInterfaces } from '../answering/interfaces.js'
import type { Reached } from '../facts/answers/reached.js'
import { valueOr } from '../known.js'
import { addressesByIp } from '../node/lookups.js'
import type { Host } from '../node/model.js'
import { formatIp, type Ip } from '../wire/ip.js'
import { answerOf, type HostAnswer, surelyAnswers } from './answers.js'
import type { TrialFacts } from './known.js'

/** What hosts answer, as they are and with changes; of each host and address it is predicted once. */
export class Predictions {
  private readonly facts: Pick<TrialFacts, 'asking' | 'reached'>
  private readonly reached = new Memo<readonly Reached[]>()
  private readonly answers = new Memo<HostAnswer>()
  private readonly holding = new Memo<readonly string[]>()
  private readonly own = new Memo<boolean>()

  constructor(facts: Pick<TrialFacts, 'asking' | 'reached'>) {
    this.facts = facts
  }

  /** What `changed` makes of a request; `host` is what it was. Which interfaces the segment reaches is not changed by what is changed on the host. */
  asked(changed: Host, ip: Ip, host: Host): HostAnswer {
    const reached = () => this.reached.of(host, ip, () => this.facts.reached(host, ip))
    return this.answers.of(changed, ip, () => answerOf(changed, ip, this.facts.asking, reached()))
  }

  /** Whether it answers for an address of its own on the interfaces that lead to it; an answer on another network is of no use there. One held aside: on any. */
  answersOwn(changed: Host, ip: Ip, host: Host): boolean {
    const { asking } = this.facts
    const on = this.holding.of(host, ip, () => interfacesOf(host, ip))
    return this.own.of(changed, ip, () =>
      on.length > 0 ? answerOf(changed, ip, asking, on).answers === 'yes' : surelyAnswers(changed, ip, asking),
    )
  }
}

/** By host and address. A changed host is a value of its own, and is forgotten with what was predicted of it. */
class Memo<T> {
  private readonly known = new WeakMap<Host, Map<Ip, { readonly value: T }>>()

  of(host: Host, ip: Ip, compute: () => T): T {
    const ofHost = this.known.get(host) ?? new Map<Ip, { readonly value: T }>()
    this.known.set(host, ofHost)
    const found = ofHost.get(ip) ?? { value: compute() }
    ofHost.set(ip, found)
    return found.value
  }
}

/** The wire interfaces that hold an address, or lead to the device that does. */
function interfacesOf(host: Host, ip: Ip): readonly string[] {
  const links = valueOr(host.sections.links, [])
  const held = addressesByIp(valueOr(host.sections.addresses, []), formatIp(ip)).map((one) => one.interface)
  const on = wireInterfaces(host)
  const direct = on.filter((name) => held.includes(name))
  if (direct.length > 0 || on.length > MOST_STACKS) return direct
  return on.filter((name) => linkStack(links, name).some((device) => held.includes(device)))
}

/** A host with more interfaces on the wire has its addresses on them, not on bridges above. */
const MOST_STACKS = 64
