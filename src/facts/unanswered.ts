import { valueOr } from '../known.js'
import type { AddressFacts, CaptureFacts, UnansweredAsker, WireFacts } from '../observe/model.js'
import { formatIp, type Ip, isIpv6, parseIp } from '../wire/ip.js'
import type { MacOwner } from './attribution.js'
import type { ClusterView } from './cluster-view.js'
import { inCharge } from './hypotheses/predict.js'
import type { Question } from './question.js'

/**
 * The question of a capture that somebody else made, without requests of ours: `unanswered` has the addresses that a machine asked for in
 * vain where its answers do reach the capture. Not those that the objects put the asker in charge of: an agent does not hear the
 * requests of its own machine. Nor those that a host of the segment says in another way that it has, nor any where answers may be among
 * frames that are counted only.
 */
export function withUnanswered(
  question: Question,
  { addresses, capture }: WireFacts,
  view: Pick<ClusterView, 'cluster' | 'announcers'> | null,
  owners: readonly MacOwner[],
): Question {
  if (question.probed || question.own.macs.length > 0 || isInPart(capture)) return question
  const isTold = ({ ip, unanswered }: AddressFacts) =>
    unanswered?.isAlone === true && !isHeld(ip, capture) && !(view && mayAnnounce(ip, unanswered, view, owners))
  const told = addresses.filter(({ asked }) => asked).filter(isTold)
  const inDoubt = new Set(addresses.filter((one) => one.asked && !told.includes(one)).map(({ ip }) => ip))
  const unanswered = told.map(({ ip }) => ip).filter((ip) => !inDoubt.has(ip))
  return unanswered.length > 0 ? { ...question, unanswered } : question
}

function isInPart({ notJudged, decodeFailures, unreadLinkTypes }: CaptureFacts): boolean {
  return notJudged.length > 0 || unreadLinkTypes.length > 0 || Object.keys(decodeFailures).length > 0
}

/** A master advertises it, or a listener reports its solicited-node group. */
function isHeld(ip: Ip, { vrrp, listeners }: CaptureFacts): boolean {
  const isAdvertised = vrrp.routers.some(({ masters }) =>
    masters.some(({ said }) => said.some(({ addresses }) => addresses.includes(formatIp(ip)))),
  )
  const group = isIpv6(ip) ? Number(ip & 0xff_ffffn) : null
  return isAdvertised || (group !== null && listeners.joined.some(({ groups }) => groups.has(group)))
}

function mayAnnounce(
  ip: Ip,
  { asker, requests }: UnansweredAsker,
  { cluster, announcers }: Pick<ClusterView, 'cluster' | 'announcers'>,
  owners: readonly MacOwner[],
): boolean {
  const asked = new Set(requests.map(({ askerIp }) => askerIp))
  const nodes = new Set(owners.filter(({ mac }) => mac === asker).map(({ node }) => node))
  for (const { name, internalIPs } of valueOr(cluster.nodes, [])) {
    if (internalIPs.some((text) => asked.has(parseIp(text) ?? -1))) nodes.add(name)
  }
  const answers = announcers.flatMap((one) => one.answers.filter((answer) => answer.ip === formatIp(ip)))
  return answers.some((answer) => inCharge(answer)?.some((node) => nodes.has(node)) === true)
}
