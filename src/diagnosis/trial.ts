import { apply } from '../answering/change/apply.js'
import { objection } from '../answering/change/check.js'
import { isCrowded, wireInterfaces } from '../answering/interfaces.js'
import { valueOr } from '../known.js'
import type { Host } from '../node/model.js'
import { type Fix, isHostChange } from '../rules/fix.js'
import { formatIp, type Ip, parseIp } from '../wire/ip.js'
import type { HostAnswer } from './answers.js'
import { type AddressFacts, type Answerers, compare, outcomeWords } from './compare.js'
import type { TrialFacts } from './known.js'
import { Predictions } from './predictions.js'
import { type Tried, untriable, untried } from './tried.js'

/** Tries fixes on the hosts in hand; what holds before any change is predicted once. */
export class Trials {
  private readonly facts: TrialFacts
  private readonly predictions: Predictions
  private readonly known = new Map<Ip, AddressFacts>()
  private readonly answering = new Map<Ip, Answerers>()
  private readonly looks = new Map<string, number>()

  constructor(facts: TrialFacts) {
    this.facts = facts
    this.predictions = new Predictions(facts)
  }

  try(fix: Fix): Tried {
    const why = untriable(fix, this.facts.hosts)
    if (why !== null) return untried(why)
    const host = this.facts.hosts.get(fix.node!)!
    if (isCrowded(host)) return untried(`${host.name} has too many interfaces to be predicted`)
    if (this.questions(host) > MOST_QUESTIONS)
      return untried(`${host.name} has too many interfaces to try every address on each`)
    if (!this.canAfford(host)) return untried(`${host.name} has so much on it that only the first fixes were tried`)
    const after: { step: number; says: string }[] = []
    let changed = host
    for (const [at, { change }] of fix.steps.entries()) {
      if (!change || !isHostChange(change)) continue
      const wrong = objection(changed, change)
      if (wrong !== null) return untried(wrong)
      changed = apply(changed, change)
      after.push({ step: at + 1, says: this.words(host, changed) })
    }
    const harm = this.harm(host, changed, removedBy(fix))
    if (harm !== null) return { kind: 'failed', because: harm }
    return { kind: 'passed', trial: { tried: true, after }, cures: this.cures(host, changed) }
  }

  /** Each address is asked for on each interface, before and after. */
  private questions(host: Host): number {
    return 2 * wireInterfaces(host).length * (this.facts.vips.length + this.facts.others.length)
  }

  /** A trial goes through all that a host has; what it has is its own choice, and so is how many findings that makes. */
  private canAfford(host: Host): boolean {
    const { name, sections } = host
    const { links, addresses, routes } = sections
    const held = valueOr(links, []).length + valueOr(addresses, []).length + valueOr(routes, []).length
    // before the change is predicted for all fixes at once
    const size = held + this.questions(host) / 2
    const before = this.looks.get(name) ?? 0
    this.looks.set(name, before + size)
    return before + size <= MOST_LOOKS || before === 0
  }

  /** Why the changes must not be made; null: they do no harm. */
  private harm(host: Host, changed: Host, removed: ReadonlySet<Ip>): string | null {
    for (const ip of [...this.facts.vips, ...this.facts.others]) {
      const { harm } = compare(this.addressFacts(ip), this.now(ip), this.afterwards(ip, host, changed))
      if (harm !== null) return harm
    }
    const judged = new Set([...this.facts.vips, ...this.facts.others, ...removed])
    const ofNode = this.facts.nodeAddresses(host)
    for (const ip of this.ownAddresses(host)) {
      if (judged.has(ip) && !ofNode.includes(ip)) continue
      if (this.predictions.answersOwn(host, ip, host) && !this.predictions.answersOwn(changed, ip, host)) {
        return `${host.name} would no longer answer for its own address ${formatIp(ip)}`
      }
    }
    const spoken = asideAddresses(host).find((ip) => !judged.has(ip) && this.speaksUp(ip, host, changed))
    return spoken === undefined ? null : `${host.name} would answer for ${formatIp(spoken)} too, which it holds aside`
  }

  /** It is silent about an address that it holds, and would not be. */
  private speaksUp(ip: Ip, host: Host, changed: Host): boolean {
    return this.predicted(host, ip).answers === 'no' && this.predictions.asked(changed, ip, host).answers === 'yes'
  }

  private cures(host: Host, changed: Host): boolean {
    const { vips } = this.facts
    return (
      vips.length > 0 &&
      vips.every((ip) => compare(this.addressFacts(ip), this.now(ip), this.afterwards(ip, host, changed)).cured)
    )
  }

  private words(host: Host, changed: Host): string {
    const { vips } = this.facts
    if (vips.length === 0)
      return `${host.name} still answers for its own addresses; no address of the cluster changes hands`
    const each = vips.map((ip) => outcomeWords(this.addressFacts(ip), this.now(ip), this.afterwards(ip, host, changed)))
    return `${each.join('; ')}; nobody else changes`
  }

  private addressFacts(ip: Ip): AddressFacts {
    const { vips, rightful, strangers } = this.facts
    const known = this.known.get(ip) ?? {
      ip,
      asked: vips.includes(ip),
      rightful: rightful(ip),
      strangers: strangers(ip),
    }
    this.known.set(ip, known)
    return known
  }

  /** Who answers now. What was seen on the wire counts where the model has no reason for it. */
  private now(ip: Ip): Answerers {
    const answering = this.answering.get(ip) ?? this.answerersOf(ip)
    this.answering.set(ip, answering)
    return answering
  }

  private answerersOf(ip: Ip): Answerers {
    const seen = this.facts.seen(ip)
    const predicted = [...this.facts.hosts.values()].map(
      (host) => [host.name, withSeen(this.predicted(host, ip), seen.has(host.name))] as const,
    )
    const unread = [...seen].filter((name) => !this.facts.hosts.has(name)).map((name) => [name, UNEXPLAINED] as const)
    return new Map([...predicted, ...unread])
  }

  private afterwards(ip: Ip, host: Host, changed: Host): Answerers {
    const unexplained = this.predicted(host, ip).answers === 'no' && this.facts.seen(ip).has(host.name)
    const answer = this.predictions.asked(changed, ip, host)
    return new Map(this.now(ip)).set(host.name, withSeen(answer, unexplained))
  }

  private predicted(host: Host, ip: Ip): HostAnswer {
    return this.predictions.asked(host, ip, host)
  }

  /** Addresses by which a host must be reached whatever is changed: those of the node, and what it holds. */
  private ownAddresses(host: Host): readonly Ip[] {
    const held = valueOr(host.sections.addresses, []).filter(
      ({ scope, flags = [] }) => scope === 'global' && !flags.includes('tentative'),
    )
    const own = held.slice(0, MOST_OWN).flatMap(({ ip }) => parseIp(ip) ?? [])
    return [...new Set([...this.facts.nodeAddresses(host), ...own])]
  }
}

/** Addresses on devices that no frame enters, such as those of other VIPs on a real server. */
function asideAddresses({ sections: { addresses, links } }: Host): Ip[] {
  const aside = new Set(valueOr(links, []).flatMap(({ name, role }) => (ASIDE.has(role) ? [name] : [])))
  const held = valueOr(addresses, []).filter((one) => one.family === 4 && one.scope === 'global')
  return held
    .filter((one) => aside.has(one.interface))
    .slice(0, MOST_OWN)
    .flatMap(({ ip }) => parseIp(ip) ?? [])
}

const ASIDE: ReadonlySet<string> = new Set(['loopback', 'dummy'])

/** Predictions that one fix may cost: half a second. */
const MOST_QUESTIONS = 50_000

/** Links, addresses and routes gone through, and questions put, for the fixes of one host: thousands of fixes of an ordinary one, seconds of any. */
const MOST_LOOKS = 200_000

/** A host with more is a fixture of a test, or holds VIPs. */
const MOST_OWN = 200

/** It answers, and nothing that was read says why. */
const UNEXPLAINED: HostAnswer = { answers: 'yes', macs: [], owns: true, aside: false }

function withSeen(answer: HostAnswer, seen: boolean): HostAnswer {
  return seen && answer.answers !== 'yes' ? { ...UNEXPLAINED, macs: answer.macs } : answer
}

function removedBy({ steps }: Fix): Set<Ip> {
  return new Set(
    steps.flatMap(({ change }) =>
      change && isHostChange(change) && change.kind === 'address-del' ? (parseIp(change.address.ip) ?? []) : [],
    ),
  )
}
