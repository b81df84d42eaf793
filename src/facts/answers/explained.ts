import type { Reason, Reply } from '../../answering/model.js'
import type { Host } from '../../node/model.js'
import type { AddressFacts, ClaimFacts } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import type { Attribution } from '../attribution.js'
import { behind } from './behind.js'
import type { Charge } from './charge.js'
import { formerOfBond } from './former-of-bond.js'
import type { Explanation, HostAnswer, Responder } from './model.js'
import { ownMacs } from './predicted.js'

/** Every MAC that answered, with what explains it. */
export function respondersOf(
  seen: AddressFacts,
  predicted: readonly HostAnswer[],
  hosts: readonly Host[],
  charges: readonly Charge[],
  attribution: Attribution | undefined,
): readonly Responder[] {
  return seen.claims
    .filter(({ replies }) => replies > 0)
    .map((claim) => {
      const having = hosts.filter((host) => ownMacs(host).has(claim.mac)).map(({ name }) => name)
      const fitting = predicted.filter(({ put }) => isAnswered(claim, put.mode))
      const explanations = onePerInterface(fitting.flatMap((one) => explain(one, claim.mac, having, charges)))
      const former = explanations.length === 0 ? formerOfBond(claim.mac, fitting, seen, hosts) : null
      const isKnown = explanations.length > 0 || former !== null
      return {
        mac: claim.mac,
        claim,
        explanations,
        isFormerOfBond: former !== null && !former.goesOn,
        lostBy: former?.goesOn ? former.host : null,
        against: isKnown ? [] : fitting.filter(({ host }) => having.includes(host)),
        owners: attribution?.ownersOf(claim.mac) ?? [],
        behind: isKnown ? [] : behind(claim, seen, hosts, attribution),
      }
    })
}

/** A MAC that answered no request seen, but sent a reply, fits every kind. */
function isAnswered({ answered }: ClaimFacts, mode: HostAnswer['put']['mode']): boolean {
  const none = Object.values(answered).every(({ answered }) => answered === 0)
  return none || answered[mode].answered > 0
}

/** The replies of one host on one interface that carry this MAC; a bond that picks one for each asker picks among its members'. */
function explain(
  { host, on, prediction }: HostAnswer,
  mac: Mac,
  having: readonly string[],
  charges: readonly Charge[],
): Explanation[] {
  const fits = (reply: Reply) => reply.mac === mac || (reply.mac === null && having.includes(host))
  const found = [
    ...prediction.replies.filter(fits).map((reply) => ({ reply, sure: true })),
    ...prediction.possible.filter(fits).map((reply) => ({ reply, sure: false })),
  ]
  return found.map(({ reply, sure }) => explanation({ host, on, prediction }, reply, sure, charges))
}

export function explanation(
  { host, on, prediction: { because, missing, assumed } }: Pick<HostAnswer, 'host' | 'on' | 'prediction'>,
  reply: Reply,
  sure: boolean,
  charges: readonly Charge[],
): Explanation {
  if (reply.path !== 'announcer') return { host, on, reply, sure, because, missing, assumed }
  const said = charges.filter((one) => one.host === host && one.title === reply.announcer)
  return { host, on, reply, sure, because: said.map((one) => saysSo(one, reply)), missing: [], assumed: [] }
}

/** Why an announcer answers: nothing that the kernel checks comes in. */
function saysSo({ title, because: { node, from, detail } }: Charge, { interface: device }: Reply): Reason {
  const text = `${title} answers on ${device} by a socket or program of its own, whatever the kernel's settings are; ${detail} names ${node}`
  return { check: 'announcer', outcome: 'answers', setting: detail, value: node, from: `the cluster (${from})`, text }
}

function onePerInterface(all: readonly Explanation[]): Explanation[] {
  const kept = new Map<string, Explanation>()
  for (const one of all) {
    const key = `${one.host} ${one.reply.interface} ${one.reply.path}`
    const before = kept.get(key)
    if (!before || (one.sure && !before.sure)) kept.set(key, one)
  }
  return [...kept.values()]
}
