import type { Question } from '../facts/question.js'
import type { AddressFacts } from '../observe/model.js'
import { lossOfAnother, weighLoss } from '../rules/wire/asker-loss.js'
import { lastOutage, weighSilence } from '../rules/wire/captured-silence.js'
import { FEWEST_REQUESTS, type Outage, silences } from '../rules/wire/outages.js'
import { ownRounds } from '../rules/wire/rounds.js'
import { formatIp } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'
import type { Doubt } from './addresses.js'
import { plural } from './plural.js'

/** What requests without an answer leave open of an address that answered others. `isInOrder`: times can be compared. */
export function silenceDoubt(address: AddressFacts, question: Question, isInOrder: boolean): Doubt | null {
  const byTime = () => fellSilent(address, question) ?? mostlyUnheard(address, question)
  return onlyOthers(address, question) ?? askedInVain(address, question) ?? (isInOrder ? byTime() : null)
}

/** The look asked in vain, while another machine had an answer. */
function onlyOthers(address: AddressFacts, question: Question): Doubt | null {
  const own = question.probed ? ownRounds(address, question).filter(({ mode }) => mode === 'broadcast') : []
  if (own.length < FEWEST_REQUESTS || own.some(({ answers }) => answers.length > 0)) return null
  return {
    subject: formatIp(address.ip),
    reason: `none of ${plural(own.length, 'request')} of this look was answered, those of another machine were`,
    hint: asking('ask from another machine as well', formatIp(address.ip)),
  }
}

/** One had an answer and another had none, though its answers for other addresses are in the capture. */
function askedInVain({ ip, unanswered }: AddressFacts, { own }: Pick<Question, 'own'>): Doubt | null {
  if (unanswered === undefined || own.macs.length > 0) return null
  const { asker, requests } = unanswered
  return {
    stays: true,
    subject: formatIp(ip),
    reason: `${formatMac(asker)} asked ${plural(requests.length, 'time')} in a row without an answer, though it got those of others`,
    hint: asking('ask from that machine', formatIp(ip)),
  }
}

/** One answer may be captured by chance, where the others go past; or another machine got it. */
function fellSilent(address: AddressFacts, question: Question): Doubt | null {
  const outage = lastOutage(address, question) ?? directSilence(address, question)
  const first = outage?.silent[0]
  if (!outage || !first) return null
  const sure = weighSilence(outage, address, question)
  const isTold = outage.before === null ? sure === null : sure !== null && sure.certainty !== 'possible'
  if (isTold) return null
  const [requests, who] = [plural(outage.silent.length, 'request'), formatMac(first.asker)]
  const since = outage.before === null ? 'though another machine had an answer before' : 'since its last answer'
  return {
    stays: true,
    subject: formatIp(address.ip),
    reason: `${requests} of ${who} without an answer, ${since}: nobody answers any more, or replies do not pass where this was captured`,
    hint: asking('ask from this segment', formatIp(address.ip)),
  }
}

/** In a capture of others, a machine that answered and was asked alone since. */
function directSilence(address: AddressFacts, question: Question): Outage | null {
  const found = question.own.macs.length === 0 ? lastOutage(address, question, silences) : null
  return found?.before ? found : null
}

/** Nobody had most of its answers in a capture that somebody else made. */
function mostlyUnheard(address: AddressFacts, question: Question): Doubt | null {
  const { sent, answered } = address.asks.broadcast
  if (question.probed || question.own.macs.length > 0 || answered * 2 >= sent) return null
  const loss = lossOfAnother(address, question)
  const [first] = loss?.silent ?? []
  if (!loss || !first || weighLoss(loss) !== null) return null
  return {
    subject: formatIp(address.ip),
    reason: `${loss.silent.length} of ${plural(loss.rounds.length, 'request')} of ${formatMac(first.asker)} have no answer: it is lost, or replies do not pass where this was captured`,
    hint: asking('ask from this segment', formatIp(address.ip)),
  }
}

export function asking(how: string, subject: string): string {
  return `${how}: l2doctor scan --vip ${subject}`
}
