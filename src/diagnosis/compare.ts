import { formatIp, type Ip } from '../wire/ip.js'
import type { HostAnswer } from './answers.js'
import type { Rightful } from './known.js'

/** Who answers for an address, by host; hosts that are silent are there too. */
export type Answerers = ReadonlyMap<string, HostAnswer>

/** What is known of an address beside what is predicted. */
export interface AddressFacts {
  readonly ip: Ip
  readonly asked: boolean
  readonly rightful: Rightful | null
  /** A machine that is none of the hosts answers. */
  readonly strangers: boolean
}

/** What a change does to one address. */
export interface Outcome {
  /** Why it must not be done; null: it does no harm. */
  readonly harm: string | null
  /** Afterwards exactly one machine answers, with one MAC, and it is the right one if that is known. */
  readonly cured: boolean
}

/** Holds the answers after a change against those before it. */
export function compare(facts: AddressFacts, before: Answerers, after: Answerers): Outcome {
  return { harm: harmOf(facts, before, after), cured: isCured(facts, after) }
}

function harmOf(facts: AddressFacts, before: Answerers, after: Answerers): string | null {
  const { rightful } = facts
  const ip = formatIp(facts.ip)
  const lost = names(before, (host, answer) => answer.answers !== 'no' && isWorse(answer, after.get(host)))
  const gained = names(after, (host, answer) => answer.answers !== 'no' && before.get(host)?.answers === 'no')
  const lostRight = rightful && [...lost].find((host) => rightful.hosts.has(host))
  if (lostRight) return `${lostRight}, which should answer for ${ip}, would no longer do so`
  const lostMac = rightful && loses(rightful, before, after)
  if (lostMac) return `${lostMac} would no longer answer for ${ip} with the MAC that it should`
  const counts = lost.some((host) => facts.asked || before.get(host)?.aside === false)
  if (counts && !answered(facts, after)) return `nobody would answer for ${ip}`
  const lostOwners = lost.filter((host) => before.get(host)?.owns)
  if (rightful === null && lostOwners.length > 0 && ownersOf(before) > 1)
    return `it is not known whether ${lostOwners.join(' and ')} should answer for ${ip}`
  const wrong = gained.filter((host) => (rightful ? !rightful.hosts.has(host) : answered(facts, before)))
  return wrong.length > 0 ? `${wrong.join(' and ')} would answer for ${ip} too` : null
}

/** Silent, or open where it was sure. */
function isWorse(before: HostAnswer, after: HostAnswer | undefined): boolean {
  if (after === undefined || after.answers === 'no') return true
  return before.answers === 'yes' && after.answers === 'unknown'
}

/** A host that answered with a MAC that it should, and then does not. */
function loses({ macs }: Rightful, before: Answerers, after: Answerers): string | undefined {
  const right = (answer: HostAnswer | undefined) => answer?.macs.some((mac) => macs.has(mac)) === true
  return [...before].find(([host, answer]) => right(answer) && !right(after.get(host)))?.[0]
}

function answered({ strangers }: AddressFacts, answerers: Answerers): boolean {
  return strangers || [...answerers.values()].some(({ answers }) => answers === 'yes')
}

function ownersOf(answerers: Answerers): number {
  return [...answerers.values()].filter(({ answers, owns }) => answers !== 'no' && owns).length
}

function isCured({ rightful, strangers }: AddressFacts, after: Answerers): boolean {
  const answering = [...after].filter(([, { answers }]) => answers !== 'no')
  const [only] = answering
  if (strangers || answering.length !== 1 || only === undefined) return false
  const [host, { answers, macs }] = only
  return answers === 'yes' && macs.length <= 1 && (rightful === null || rightful.hosts.has(host))
}

/** In the order of names: hosts are read in any. */
function names(answerers: Answerers, is: (host: string, answer: HostAnswer) => boolean): string[] {
  return [...answerers]
    .filter(([host, answer]) => is(host, answer))
    .map(([host]) => host)
    .sort()
}

/** `node-b answers, node-a silent; nobody else changes`. */
export function outcomeWords({ ip }: AddressFacts, before: Answerers, after: Answerers): string {
  const said = formatIp(ip)
  const answering = names(after, (_, { answers }) => answers === 'yes')
  const open = names(after, (_, { answers }) => answers === 'unknown')
  const silenced = names(before, (host, { answers }) => answers !== 'no' && after.get(host)?.answers === 'no')
  const parts = [
    answering.length > 0 ? `${answering.join(' and ')} ${answering.length === 1 ? 'answers' : 'answer'}` : '',
    silenced.length > 0 ? `${silenced.join(' and ')} silent` : '',
    open.length > 0 ? `${open.join(' and ')} not known` : '',
  ].filter((part) => part !== '')
  return `${said}: ${parts.join(', ') || 'no host that was read answers'}`
}
