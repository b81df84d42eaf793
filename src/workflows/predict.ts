import { applyAll } from '../answering/change/apply.js'
import { objection } from '../answering/change/check.js'
import type { HostChange } from '../answering/change/model.js'
import { CHANGE_FORMS, parseHostChange } from '../answering/change/parse.js'
import { predictOn } from '../answering/combined.js'
import { wireInterfaces } from '../answering/interfaces.js'
import type { Prediction, Reply } from '../answering/model.js'
import { buildHost, type HostRecord, hostNames } from '../node/host.js'
import type { Host } from '../node/model.js'
import type { Steps, Stop } from '../steps.js'
import { formatMac, type Mac } from '../wire/mac.js'
import type { AskedQuestion } from './predict-questions.js'

/** What was asked for cannot be done; the message says what there is. A usage error. */
export class CannotPredict extends Error {
  override readonly name = 'CannotPredict'
}

/** A host, and the same after the changes of `--set`. */
export interface Candidate {
  readonly record: HostRecord
  readonly host: Host
  /** Null without a change for it. */
  readonly changed: Host | null
}

/** Hosts with their changes; throws on a host, key or device that there is not. */
export function candidates(records: readonly HostRecord[], sets: readonly string[]): Candidate[] {
  const changes = sets.map(readChange)
  for (const { host } of changes) {
    if (records.some((record) => hostNames(record).includes(host))) continue
    throw new CannotPredict(`--set: no host ${host}; there is ${records.map(({ name }) => name).join(', ')}`)
  }
  return records.map((record) => {
    const host = buildHost(record)
    const own = changes.filter((change) => hostNames(record).includes(change.host)).map(({ change }) => change)
    for (const change of own) {
      const wrong = objection(host, change)
      if (wrong !== null) throw new CannotPredict(`--set: ${wrong}`)
    }
    return { record, host, changed: own.length === 0 ? null : applyAll(host, own) }
  })
}

function readChange(text: string): HostChange {
  const change = parseHostChange(text)
  if (change !== null) return change
  throw new CannotPredict(`--set ${text}: write HOST: and one of ${CHANGE_FORMS.join(', ')}`)
}

/** A prediction as JSON shows it. */
export interface ShownPrediction {
  readonly question: AskedQuestion['text']
  readonly host: string
  readonly answers: Prediction['answers']
  readonly replies: readonly ShownReply[]
  readonly possible: readonly ShownReply[]
  readonly because: Prediction['because']
  readonly missing: readonly string[]
  readonly assumed: readonly string[]
  /** Without the changes of `--set`; only where the host has some. */
  readonly before?: { readonly answers: Prediction['answers']; readonly replies: readonly ShownReply[] }
}

export interface ShownReply extends Omit<Reply, 'mac'> {
  readonly mac: string | null
}

/** Done by the time that it was stopped, and why it was. */
export interface Predicted<T> {
  readonly done: readonly T[]
  readonly stopped: Stop
}

/** In the order of the questions, and of the hosts within each; a step for each. */
export function* predicting(
  questions: readonly AskedQuestion[],
  hosts: readonly Candidate[],
): Steps<Predicted<ShownPrediction>> {
  const done: ShownPrediction[] = []
  for (const question of questions) {
    for (const candidate of hosts) {
      const stopped = yield
      if (stopped !== null) return { done, stopped }
      done.push(shown(question, candidate))
    }
  }
  return { done, stopped: null }
}

/** Throws on an interface that not one of the hosts has: a slip of the pen. */
export function checkInterfaces(questions: readonly AskedQuestion[], hosts: readonly Candidate[]): void {
  const known = new Set(hosts.flatMap(({ host }) => linkNames(host)))
  const wrong = questions.flatMap(({ text: { on = [] } }) => on).find((name) => known.size > 0 && !known.has(name))
  if (wrong !== undefined) {
    throw new CannotPredict(`no host has an interface ${JSON.stringify(wrong)}; there is ${[...known].join(', ')}`)
  }
}

function linkNames({ sections: { links } }: Host): string[] {
  return links.known ? links.value.map(({ name }) => name) : []
}

function shown(question: AskedQuestion, { record, host, changed }: Candidate): ShownPrediction {
  const now = ask(changed ?? host, question)
  const before = changed === null ? null : ask(host, question)
  const { answers, because, missing, assumed } = now
  return {
    question: question.text,
    host: record.name,
    answers,
    replies: now.replies.map(shownReply),
    possible: now.possible.map(shownReply),
    because,
    missing,
    assumed,
    ...(before && { before: { answers: before.answers, replies: before.replies.map(shownReply) } }),
  }
}

/** Of the interfaces named, those that the host has; without names, all that face the wire. */
export function ask(host: Host, { question, text }: AskedQuestion): Prediction {
  if (!host.sections.links.known) return predictOn(host, question, [text.on?.[0] ?? 'any'])
  const names = linkNames(host)
  const on = text.on === undefined ? wireInterfaces(host) : text.on.filter((name) => names.includes(name))
  return on.length > 0 ? predictOn(host, question, on) : unreached(host, text.on ?? [])
}

function unreached({ name }: Host, on: readonly string[]): Prediction {
  const text = on.length === 0 ? `${name} has no interface that faces the wire` : `${name} has none of ${on.join(', ')}`
  const reason = {
    check: 'interface',
    outcome: 'stops',
    setting: 'interfaces',
    value: 'none',
    from: 'ip link',
    text,
  } as const
  return { answers: 'no', replies: [], possible: [], because: [reason], missing: [], assumed: [] }
}

function shownReply(reply: Reply): ShownReply {
  return { ...reply, mac: macOrNull(reply.mac) }
}

function macOrNull(mac: Mac | null): string | null {
  return mac === null ? null : formatMac(mac)
}
