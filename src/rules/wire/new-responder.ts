import type { Attribution } from '../../facts/attribution.js'
import { isRecent, isSameMachine, type Newcomer, newcomers, type PastMachine } from '../../facts/history.js'
import type { AddressFacts } from '../../observe/model.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import { formatMac } from '../../wire/mac.js'
import { certain, likely } from '../certainty.js'
import { defineRule, type Evidence } from '../define.js'
import { addressSubject, listed, namedMac, place, type Where, where } from './evidence.js'

interface NewResponder extends Where {
  /** The latest first. */
  readonly newcomers: readonly Newcomer[]
  /** All that answer now. */
  readonly now: readonly PastMachine[]
  /** When the history ends. */
  readonly until: string
}

export const newResponder = defineRule({
  id: 'wire/new-responder',
  title: 'A machine answers for the address that did not answer before',
  severity: 'info',
  needs: ['wire', 'history', 'attribution'],
  docs: {
    what: 'The history that `l2doctor watch --history` wrote has windows of the last 7 days in which a machine that answers now did not answer, and another one, or nobody, did.',
    why: 'It says when the fault began, and so what to look for: an update, a reboot, a new host. A failover looks the same and is normal.',
    confirm: '`grep VIP FILE`: each line with `"event":"vip"` names who answered from that time on.',
    falseAlarms:
      'A network card that was replaced is another machine, unless the node of both MACs was known. In a window in which no request reached a machine it did not answer. A history of another segment with the same addresses is left out only where its gateway is known to be another machine.',
    references: ['RFC 5227 section 2.4'],
  },
  *check({ wire, history, attribution }) {
    const known = new Map(history.addresses.map((one) => [one.ip, one]))
    for (const address of wire.addresses) {
      const past = known.get(where(address).ip)
      if (past === undefined) continue
      const now = machinesIn(address, attribution)
      const at = isoFromMicros(Math.max(...address.claims.map(({ lastAt }) => lastAt)))
      const fresh = newcomers(past, now).filter((one) => isRecent(one.since ?? one.notBefore ?? history.until, at))
      if (fresh.length === 0) continue
      const data: NewResponder = { ...where(address), newcomers: fresh, now, until: history.until }
      yield {
        subject: addressSubject(address),
        ...(fresh.every(({ machine }) => machine.node !== null)
          ? certain('a watch wrote down who answered in each window')
          : likely(
              'a watch wrote down who answered in each window; a machine of no known node may only have another MAC',
            )),
        data,
        evidence: fresh.map((one) => evidenceOf(one, history.until)),
      }
    }
  },
  message: ({ newcomers: fresh, now, until, ...at }) =>
    fresh.map((one) => `since ${since(one, until)} ${answersTo(one, now, place(at))}`).join('; '),
  fixes: () => [],
})

function machinesIn({ claims }: AddressFacts, attribution: Attribution): PastMachine[] {
  return claims
    .filter(({ firstAnswers, latency }) => firstAnswers > 0 || latency)
    .map(({ mac }) => ({ mac: formatMac(mac), node: attribution.ownersOf(mac)[0]?.node ?? null }))
}

function answersTo({ machine, before }: Newcomer, now: readonly PastMachine[], vip: string): string {
  if (before.length === 0) return `${named(machine)} answers for ${vip}; before that nobody did`
  const stays = before.every((one) => now.some((other) => isSameMachine(one, other)))
  const others = listed(before.map(named))
  return stays
    ? `${named(machine)} answers for ${vip} too; before that only ${others} did`
    : `${named(machine)} answers for ${vip}; before that ${others} did`
}

function since({ since: at, notBefore }: Newcomer, until: string): string {
  if (at !== null) return notBefore === null ? at : `some time between ${notBefore} and ${at}`
  return notBefore === null
    ? `some time after ${until}, when the history ends,`
    : `some time after ${notBefore}, from when on the history does not know who answered,`
}

function named({ mac, node }: PastMachine): string {
  return node === null ? namedMac(mac) : `${node} (${mac})`
}

function evidenceOf(one: Newcomer, until: string): Evidence {
  const name = one.since === null ? `last answered (${one.notBefore ?? until})` : `answered before ${one.since}`
  return { kind: 'measure', name, value: listed(one.before.map(named)) || 'nobody' }
}
