import type { AddressFacts } from '../observe/model.js'
import { classifyResponder, isProxyClass } from '../probe/classify.js'
import type { Mac } from '../wire/mac.js'
import type { Attribution } from './attribution.js'
import { isSilenceTelling, type Question } from './question.js'

/** The nodes that answer for one address, where the capture settles it. */
export interface Responders {
  /** As the cluster names them, sorted. Empty: nobody answers. */
  readonly nodes: readonly string[]
  /** The rounds that show it. */
  readonly rounds: number
}

/**
 * Null where the capture leaves it open: a MAC of no node or of several, an address that moved while it was watched, or that
 * nobody asked for.
 */
export function respondersOf(
  address: AddressFacts,
  attribution: Attribution,
  nodes: ReadonlySet<string>,
  question: Pick<Question, 'probed' | 'unanswered' | 'own'>,
): Responders | null {
  const rounds = address.exchanges.filter(({ mode }) => mode === 'broadcast')
  const answered = rounds.filter(({ answers }) => answers.length > 0)
  if (question.own.ips.includes(address.ip) || rounds.length === 0) return null
  if (answered.length === 0)
    return isSilent(address) && isSilenceTelling(question, address.ip) ? { nodes: [], rounds: rounds.length } : null
  const macs = standing(answered.map(({ answers }) => new Set(answers.map(({ mac }) => mac))))
  if (macs === null) return null
  const named = [...macs]
    .filter((mac) => !isProxy(mac, address))
    .map((mac) => attribution.ownersOf(mac).filter(({ node }) => nodes.has(node)))
  if (named.some((owners) => new Set(owners.map(({ node }) => node)).size !== 1)) return null
  return { nodes: [...new Set(named.flat().map(({ node }) => node))].sort(), rounds: answered.length }
}

/** A claim or an answer of any kind is a sign of life. */
function isSilent({ claims }: AddressFacts): boolean {
  return claims.length === 0
}

/**
 * The MACs that answer all the while: one, or several of which two at least share a round. Null where one came after the
 * other: an address that moved says nothing of who is in charge.
 */
function standing(rounds: readonly ReadonlySet<Mac>[]): ReadonlySet<Mac> | null {
  const all = new Set(rounds.flatMap((round) => [...round]))
  if (all.size < 2) return all
  const [last] = rounds.slice(-1)
  const together = rounds.filter(({ size }) => size > 1)
  return last && last.size > 1 && together.length * 2 >= rounds.length ? all : null
}

function isProxy(mac: Mac, address: AddressFacts): boolean {
  const claim = address.claims.find((one) => one.mac === mac)
  return claim !== undefined && isProxyClass(classifyResponder(claim, address))
}
