import { valueOr } from '../known.js'
import type { WireFacts } from '../observe/model.js'
import { formatIp, type Ip, parseIp } from '../wire/ip.js'
import type { ClusterView } from './cluster-view.js'
import { inCharge } from './hypotheses/predict.js'
import type { Question } from './question.js'

/**
 * The question of a machine that is itself a node: an announcer that answers by a socket or a program before the kernel hears what comes
 * from the wire only (packet(7): a socket of one protocol is given no outgoing frame), so that no request of its own machine reaches it.
 * `own.announces` has the addresses that it is in charge of there, and that nobody claims.
 */
export function withOwnAnnouncements(
  question: Question,
  { cluster, announcers }: Pick<ClusterView, 'cluster' | 'announcers'>,
  { addresses }: WireFacts,
): Question {
  const { own } = question
  const isOwn = (text: string) => own.ips.some((ip) => ip === parseIp(text))
  const here = new Set(
    valueOr(cluster.nodes, []).flatMap(({ name, internalIPs }) => (internalIPs.some(isOwn) ? [name] : [])),
  )
  if (here.size === 0) return question
  const unclaimed = new Map(addresses.flatMap(({ ip, claims }) => (claims.length === 0 ? [[formatIp(ip), ip]] : [])))
  const held: readonly Ip[] = announcers.flatMap(({ answers, mannerOf }) =>
    answers.flatMap((answer) => {
      const ip = unclaimed.get(answer.ip)
      if (ip === undefined || !inCharge(answer)?.some((node) => here.has(node))) return []
      return mannerOf(answer)?.kernelHasASay === false ? [ip] : []
    }),
  )
  return held.length === 0 ? question : { ...question, own: { ...own, announces: [...new Set(held)] } }
}
