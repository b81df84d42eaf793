import type { VipAnswer } from '../cluster/announcers/announcer.js'
import { groupBy } from '../cluster/group-by.js'
import { requestedAddresses } from '../cluster/requested-addresses.js'
import type { ExpectedAnswer, ExpectedAnswers } from '../facts/expected.js'
import { CannotLook, type Gap } from '../known.js'
import { type ReadCluster, readView } from './read-view.js'

/** One line of `who`. */
export interface WhoAnswer {
  readonly ip: string
  /** Services of the address; empty when no Service has it. */
  readonly services: readonly string[]
  /** Services that ask for it and have no address. */
  readonly askedBy: readonly string[]
  readonly announcers: readonly string[]
  /** The object by which BGP alone announces it; null where none says so. */
  readonly byBgp: string | null
  /** Best source first; several nodes disagree, none: nobody will answer, or nobody can say. */
  readonly nodes: readonly { readonly node: string; readonly from: string; readonly detail: string }[]
  /** Why nobody can say who answers, where something that decides was not read; null when all of it was. */
  readonly unknown: string | null
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
  const undetected = announcers.flatMap(({ name, presence }) => (presence.known ? [] : [{ name, gap: presence.gap }]))
  const pending = services.value.filter(({ ingress }) => ingress.length === 0)
  const askers = (ip: string) => pending.flatMap((one) => (requestedAddresses(one).includes(ip) ? [one.key] : []))
  return asked.map((ip) => answerFor(ip, askers(ip), expected, answers.get(ip) ?? [], undetected))
}

const NOBODY: Omit<ExpectedAnswer, 'ip'> = { services: [], announcers: [], nodes: [] }

/** Candidates are listed when they are read: those of every address would be thousands of nodes, thousands of times. */
interface Undetected {
  readonly name: string
  readonly gap: Gap
}

function answerFor(
  ip: string,
  askedBy: readonly string[],
  expected: ExpectedAnswers,
  answers: readonly VipAnswer[],
  undetected: readonly Undetected[],
): WhoAnswer {
  const { services, announcers, nodes, byBgp = null } = expected.get(ip) ?? NOBODY
  const candidates = () => answers.flatMap((answer) => answer.candidates)
  return {
    ip,
    services,
    askedBy,
    announcers,
    byBgp,
    nodes: nodes.map(({ node, from, announcer, detail }) => ({ node, from: `${announcer} ${from}`, detail })),
    unknown: nodes.length > 0 ? null : unknownOf(answers, undetected),
    get candidates() {
      return candidates().flatMap(({ node, eligible }) => (eligible ? [node] : []))
    },
    get ruledOut() {
      return candidates().flatMap(({ node, eligible, because }) => (eligible ? [] : [{ node, because }]))
    },
  }
}

/** An announcer whose presence is unknown counts only where no other has the address. */
function unknownOf(answers: readonly VipAnswer[], undetected: readonly Undetected[]): string | null {
  const [gap] = answers.flatMap(({ undecided }) => undecided ?? [])
  if (gap) return `${gap.subject}: ${gap.reason}`
  const [one] = answers.length === 0 ? undetected : []
  return one ? `whether ${one.name} is there: ${one.gap.subject}: ${one.gap.reason}` : null
}

/** `10.0.0.240  default/web  node-a (metallb election: sha256 0a382492)`. */
export function whoLine(answer: WhoAnswer): string {
  const service = answer.services.join(', ') || askersText(answer)
  return [answer.ip, service, whoText(answer)].join('  ')
}

function askersText({ askedBy }: WhoAnswer): string {
  return askedBy.length > 0 ? `${askedBy.join(', ')} asks for it and has no address` : 'no Service has this address'
}

function whoText(answer: WhoAnswer): string {
  const { nodes, announcers, unknown } = answer
  if (nodes.length > 0) return nodes.map(({ node, from, detail }) => `${node} (${from}: ${detail})`).join(' or ')
  if (answer.byBgp !== null) return `no node alone: ${answer.byBgp} announces it by BGP only`
  if (announcers.length === 0) return unknown === null ? 'no announcer known' : `unknown (${unknown})`
  const { candidates } = answer
  const named = announcers.join(', ')
  if (candidates.length > 0) return `one of ${candidates.join(', ')} (${unknown ?? named})`
  return unknown === null ? `nobody (${named} has no candidate)` : `unknown (${unknown})`
}
