import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, Micros } from '../../observe/model.js'
import { inARow, isPutAgain } from '../../observe/unanswered.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import type { Unjudged } from '../define.js'
import { counted } from './evidence.js'
import { FEWEST_REQUESTS, type Outage, outages, signsOfLife } from './outages.js'
import { answerers, ownRounds } from './rounds.js'

/** So many answers in a row are no chance: a switch floods one only while it does not know the port of the asker. */
export const REGULAR = 3
/** Linux asks the MAC that it knows, and a second later all machines. */
const SOON: Micros = 5_000_000

/**
 * How sure it is that nobody answered. Who listens beside the asker sees its broadcasts, and of the answers to it those that a switch
 * floods. Null: nothing tells silence from answers that go past the capture.
 */
export function weighSilence(outage: Outage, address: AddressFacts, question: Question): Weight | null {
  const count = counted(outage.silent.length, 'request')
  const isRegular = outage.answeredBefore >= REGULAR && !isMoved(outage, address)
  if (question.own.macs.length > 0 || (question.probed && isRegular))
    return certain(`${count} in a row are in the capture, and no answer to them`)
  if (question.probed)
    return likely('who asked probed too, as a scan does, but hardly an answer to it is in the capture')
  // who has its answers asks again only when its entry is old
  if (inARow(outage.silent.filter(({ mode }) => mode === 'broadcast')).length < FEWEST_REQUESTS) return null
  const isAgain = !isAskedAnyhow(outage, address)
  const isDirect = isAgain && isAskedDirectly(outage, address)
  const others = answersOfOthers(outage, address)
  if ((isRegular && others > 0) || (isAgain && others > 1))
    return certain(`answers to the same machine for other addresses were captured then, and none to ${count}`)
  if (isRegular && isDirect)
    return certain('its requests before were all answered; then it asked one machine, and all, as without an answer')
  if (isRegular) return likely('its requests before were all answered; later answers may have gone past the capture')
  if (isDirect) return likely('it asked one machine, then all, as without an answer; few answers to it were captured')
  if (!isAgain) return null
  return others > 0
    ? likely('it asks as without an answer, and one machine answers it for another address')
    : { severity: 'warning', ...possible('it asks as without an answer, but answers to it may go past the capture') }
}

/** `severity`: a lower one than the rule's. */
type Weight = Confidence & { readonly severity?: 'warning' }

export function goesPast(subject: string): Unjudged {
  return { unjudged: subject, because: 'answers to the machine that asked may go past the capture' }
}

/** The outage that lasts to the end of the capture; null: none does. */
export function lastOutage(address: AddressFacts, question: Question, among = outages): Outage | null {
  const signs = signsOfLife(address)
  const isLast = ({ silent, after }: Outage) => after === null && signs.every((at) => at <= (silent[0]?.at ?? 0))
  return among(address, ownRounds(address, question)).find(isLast) ?? null
}

/** A monitor asks on whether it is answered or not. */
function isAskedAnyhow({ silent, before, after }: Outage, { exchanges }: AddressFacts): boolean {
  const own = exchanges.filter(({ asker, mode }) => asker === silent[0]?.asker && mode !== 'probe')
  return [before, after].some((one) => one !== null && isPutAgain(one, own))
}

function isAskedDirectly({ silent }: Outage, { exchanges }: AddressFacts): boolean {
  const first = silent.find(({ mode }) => mode === 'broadcast')
  return exchanges.some(
    ({ asker, mode, at, answers }) =>
      first?.asker === asker && mode === 'unicast' && answers.length === 0 && at < first.at && first.at - at <= SOON,
  )
}

/** In a capture that stands at the asker: how many machines answered it for other addresses then, at most two. */
function answersOfOthers({ silent }: Outage, { unanswered }: AddressFacts): number {
  const isOfIt = silent.some(({ frame }) => frame === unanswered?.requests[0]?.frame)
  return isOfIt && unanswered?.isThere === true ? unanswered.answers.length : 0
}

/** Another machine has spoken for the address since: its answers may take another way. */
function isMoved({ before, after }: Outage, { claims }: AddressFacts): boolean {
  if (before === null) return false
  const own = answerers(before)
  const isOther = (round: Exchange | null) => round !== null && [...answerers(round)].some((mac) => !own.has(mac))
  return isOther(after) || claims.some(({ mac, lastAt }) => !own.has(mac) && lastAt > before.at)
}
