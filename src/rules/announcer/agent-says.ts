import type { AgentAddress, AgentState } from '../../cluster/agent-state.js'
import { type Confidence, likely, possible } from '../certainty.js'
import type { Evidence } from '../define.js'
import { counted, isSix } from '../wire/evidence.js'

/**
 * What the agent of the node in charge says of an address: it does not answer for it (`empty`), no request has reached it (`unheard`), it
 * has answered none (`unanswered`) or some (`answered`), or only that it answers for it (`announces`).
 */
export interface AgentSays {
  readonly says: 'empty' | 'unheard' | 'unanswered' | 'answered' | 'announces'
  /** Its pod, or the file that holds its table. */
  readonly from: string
  readonly received: number | null
  readonly sent: number | null
}

export function agentSays(
  agents: readonly AgentState[],
  { announcer, node, ip }: { readonly announcer: string; readonly node: string; readonly ip: string },
): AgentSays | null {
  const there = agents.filter((one) => one.announcer === announcer && one.node === node)
  const telling = there.filter(({ tellsIpv6 }) => tellsIpv6 || !isSix(ip))
  if (telling.length === 0) return null
  const having = telling.filter(({ addresses }) => addresses.some((one) => one.ip === ip))
  const counts = having.map(({ addresses }) => countsIn(addresses.filter((one) => one.ip === ip)))
  const [received, sent] = [most(counts.map((one) => one.received)), most(counts.map((one) => one.sent))]
  const from = (having.length > 0 ? having : telling).map((one) => one.from).join(', ')
  return { says: wordFor(having.length > 0, received, sent), from, received, sent }
}

/** One agent may have an address at several interfaces. */
function countsIn(all: readonly AgentAddress[]) {
  return { received: sum(all.map(({ received }) => received)), sent: sum(all.map(({ sent }) => sent)) }
}

function sum(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null)
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0)
}

/** Two files may be of one agent, so that their counters do not add up. */
function most(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function wordFor(announces: boolean, received: number | null, sent: number | null): AgentSays['says'] {
  if (!announces) return 'empty'
  if (sent !== null && sent > 0) return 'answered'
  if (received === null) return 'announces'
  return received > 0 ? 'unanswered' : 'unheard'
}

/** What follows from it, behind `it does not answer`. */
export function agentWords({ says, received, sent }: AgentSays, title: string): string {
  if (says === 'empty') return `${title} on it says itself that it does not answer for the address`
  if (says === 'unheard')
    return `${title} on it announces the address and has counted no request for it: the requests do not reach it`
  if (says === 'unanswered')
    return `${title} on it has counted ${counted(received ?? 0, 'request')} and no answer since it started`
  if (says === 'answered')
    return `${title} on it has counted ${counted(sent ?? 0, 'answer')} since it started: its answers may be lost on the way`
  return `${title} on it says that it answers for the address: the requests do not reach it, or its answers are lost`
}

export function weighAgent({ says }: AgentSays): Confidence {
  if (says === 'empty')
    return likely('the lease or the election names the node, and its agent does not have the address')
  if (says === 'unheard') return likely('the agent counts the requests that reach it, and has none')
  if (says === 'unanswered') return likely('the agent counts requests and answers, and has sent none')
  if (says === 'answered') return possible('the counters are of the whole time since the agent started')
  return possible('the agent does not count the requests that reach it')
}

export function agentEvidence(ip: string, { says, from, received, sent }: AgentSays): Evidence {
  const counters = [
    ...(received === null ? [] : [`${received} requests received`]),
    ...(sent === null ? [] : [`${sent} answers sent`]),
  ]
  const value = says === 'empty' ? 'not announced' : ['announced', ...counters].join(', ')
  return { kind: 'measure', name: `${from}: ${ip}`, value }
}
