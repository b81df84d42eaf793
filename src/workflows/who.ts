import type { VipAnswer } from '../cluster/announcers/announcer.js'
import { groupBy } from '../cluster/group-by.js'
import type { ExpectedAnswer, ExpectedAnswers } from '../facts/expected.js'
import { CannotLook } from '../known.js'
import { type ReadCluster, readView } from './read-view.js'

/** One line of `who`. */
export interface WhoAnswer {
  readonly ip: string
  /** Services of the address; empty when no Service has it. */
  readonly services: readonly string[]
  readonly announcers: readonly string[]
  /** Best source first; several nodes disagree, none: nobody will answer, or nobody can say. */
  readonly nodes: readonly { readonly node: string; readonly from: string; readonly detail: string }[]
  /** Nodes that could be the one. */
  readonly candidates: readonly string[]
  /** Nodes that cannot be the one, each with its reasons. */
  readonly ruledOut: readonly { readonly node: string; readonly because: readonly string[] }[]
}

/** Who should answer for each of the addresses, or for every VIP when none is named. Throws `CannotLook`. */
export async function who(ips: readonly string[], readCluster: ReadCluster, signal: AbortSignal): Promise<WhoAnswer[]> {
  const view = await readView(readCluster, signal, ips)
  if (!view.known) throw new CannotLook(view.gap)
  const { services } = view.value.cluster
  if (!services.known) throw new CannotLook(services.gap)
  const asked = ips.length > 0 ? ips : [...view.value.expected.keys()]
  const { expected, announcers } = view.value
  const answers = groupBy(
    announcers.flatMap(({ answers }) => answers),
    ({ ip }) => ip,
  )
  return asked.map((ip) => answerFor(ip, expected, answers.get(ip) ?? []))
}

const NOBODY = { services: [], announcers: [], nodes: [] } satisfies Omit<ExpectedAnswer, 'ip'>

/** Candidates are listed when they are read: those of every address would be thousands of nodes, thousands of times. */
function answerFor(ip: string, expected: ExpectedAnswers, answers: readonly VipAnswer[]): WhoAnswer {
  const { services, announcers, nodes } = expected.get(ip) ?? NOBODY
  const candidates = () => answers.flatMap((answer) => answer.candidates)
  return {
    ip,
    services,
    announcers,
    nodes: nodes.map(({ node, from, announcer, detail }) => ({ node, from: `${announcer} ${from}`, detail })),
    get candidates() {
      return candidates().flatMap(({ node, eligible }) => (eligible ? [node] : []))
    },
    get ruledOut() {
      return candidates().flatMap(({ node, eligible, because }) => (eligible ? [] : [{ node, because }]))
    },
  }
}

/** `10.0.0.240  default/web  node-a (metallb election: sha256 0a382492)`. */
export function whoLine(answer: WhoAnswer): string {
  const service = answer.services.join(', ') || 'no Service has this address'
  return [answer.ip, service, whoText(answer)].join('  ')
}

function whoText(answer: WhoAnswer): string {
  const { nodes, announcers } = answer
  if (nodes.length > 0) return nodes.map(({ node, from, detail }) => `${node} (${from}: ${detail})`).join(' or ')
  if (announcers.length === 0) return 'no announcer known'
  const { candidates } = answer
  const named = announcers.join(', ')
  return candidates.length > 0 ? `one of ${candidates.join(', ')} (${named})` : `nobody (${named} has no candidate)`
}
