import { likelyAsker } from '../../answering/likely-asker.js'
import type { Host } from '../../node/model.js'
import type { AddressFacts, Exchange } from '../../observe/model.js'
import { type Ip, parseIp } from '../../wire/ip.js'
import { isGroupMac } from '../../wire/mac.js'
import type { PutQuestion } from './model.js'

/** A client may be any of thousands; what they ask differs in nothing but their addresses. */
const MOST_ASKERS = 16

/** The requests of a capture, one entry a kind and asker, the most frequent askers; assumed ones where it shows none. */
export function questionsPut(ip: Ip, seen: AddressFacts | null, hosts: readonly Host[]): readonly PutQuestion[] {
  const put = new Map<string, PutQuestion>()
  for (const exchange of seen?.exchanges ?? []) {
    const question = questionOf(exchange)
    const key = `${question.mode} ${question.asker} ${question.askerMac} ${question.to}`
    const before = put.get(key)
    const answered = (before?.answered ?? 0) + Number(exchange.answers.length > 0)
    put.set(key, { ...question, sent: (before?.sent ?? 0) + 1, answered })
  }
  if (put.size === 0) return assumed(ip, hosts)
  return [...put.values()].sort((a, b) => b.sent - a.sent).slice(0, MOST_ASKERS)
}

function questionOf({ mode, asker, askerIp, askedMac }: Exchange): Omit<PutQuestion, 'sent' | 'answered'> {
  const to = isGroupMac(askedMac) ? null : askedMac
  return { mode, asker: mode === 'probe' ? null : askerIp, askerMac: asker, to }
}

/** What a client of the address's own subnet asks. */
function assumed(ip: Ip, hosts: readonly Host[]): PutQuestion[] {
  const text = likelyAsker(hosts, ip)
  const asker = text === null ? null : parseIp(text)
  return asker === null ? [] : [{ mode: 'broadcast', asker, askerMac: null, to: null, sent: 0, answered: 0 }]
}
