import { applyAll } from '../../../src/answering/change/apply.js'
import { parseChange } from '../../../src/answering/change/parse.js'
import type { Prediction } from '../../../src/answering/model.js'
import { predict } from '../../../src/answering/predict.js'
import type { Host } from '../../../src/node/model.js'
import { parseIp } from '../../../src/wire/ip.js'
import { formatMac, parseMac } from '../../../src/wire/mac.js'
import type { Asking, RandomHost } from './random-host.js'
import { type Heard, type Stand, shellOf, stand } from './stand.js'

/** A question on which the kernel and the model differ. */
export interface Disagreement {
  /** Index of the host in its batch. */
  readonly host: number
  readonly question: Asking
  /** Changes were made before it was asked. */
  readonly changed: boolean
  readonly heard: readonly string[]
  readonly predicted: Prediction
}

export interface Compared {
  readonly asked: number
  /** Questions whose answer was not `unknown`. */
  readonly decided: number
  readonly yes: number
  readonly paths: Readonly<Record<string, number>>
  readonly disagreements: readonly Disagreement[]
}

/** The longest proxy_delay that random hosts have, and time for a busy machine. */
const WAIT_MS = 400

/** Builds the hosts, asks, changes them, asks again, and compares all of it with the model. */
export async function compare(hosts: readonly RandomHost[]): Promise<Compared> {
  const standing = await stand(hosts)
  try {
    const before = await standing.read()
    const first = await round(standing, hosts, before, false)
    const after = await Promise.all(hosts.map((host, at) => changed(standing, at, host, before[at]!)))
    const second = await round(standing, hosts, after, true)
    return summed([...first, ...second])
  } finally {
    standing.remove()
  }
}

async function changed(standing: Stand, at: number, { changes }: RandomHost, host: Host): Promise<Host> {
  const parsed = changes.flatMap((text) => parseChange(text) ?? [])
  await standing.change(at, parsed)
  return applyAll(host, parsed)
}

type Judged = Omit<Disagreement, 'heard'> & { readonly heard: readonly Heard[]; readonly agrees: boolean }

async function round(
  standing: Stand,
  specs: readonly RandomHost[],
  hosts: readonly Host[],
  changed: boolean,
): Promise<Judged[]> {
  const heard = await standing.ask(
    specs.map(({ questions }) => questions),
    WAIT_MS,
  )
  return specs.flatMap(({ questions }, host) =>
    questions.map((question, at) => {
      const predicted = predict(hosts[host]!, questionOf(question))
      const replies = heard[host]![at]!
      return { host, question, changed, predicted, heard: replies, agrees: agrees(predicted, replies) }
    }),
  )
}

export function questionOf({ on, target, asker, to, hopLimit, fragment, sourceLinkAddress }: Asking) {
  return {
    on,
    target: parseIp(target)!,
    asker: asker === null ? null : parseIp(asker),
    to: to === null ? null : parseMac(to),
    solicitation: {
      ...(hopLimit !== undefined && { hopLimit }),
      ...(fragment !== undefined && { fragment }),
      ...(sourceLinkAddress !== undefined && { sourceLinkAddress }),
    },
  }
}

/** The same MACs, each in time; a prediction that stays open may say nothing false. */
function agrees({ answers, replies, possible }: Prediction, heard: readonly Heard[]): boolean {
  const macs = (of: readonly { mac: number | null }[]) => of.map(({ mac }) => (mac === null ? '' : formatMac(mac)))
  const late = heard.some(({ mac, afterMs }) => {
    const reply = [...replies, ...possible].find((one) => one.mac !== null && formatMac(one.mac) === mac)
    return reply !== undefined && afterMs > reply.delayMs + SLACK_MS
  })
  const flags = heard.every(({ mac, override }) =>
    [...replies, ...possible].some(
      (one) =>
        formatMac(one.mac ?? 0) === mac &&
        (override === undefined || one.override === undefined || one.override === override),
    ),
  )
  const seen = heard.map(({ mac }) => mac).sort()
  if (answers === 'unknown') return true
  const [sure, most] = [macs(replies).sort(), macs([...replies, ...possible])]
  return (
    !late &&
    (flags || heard.length === 0) &&
    (possible.length === 0
      ? sure.join() === seen.join()
      : sure.every((mac) => seen.includes(mac)) && seen.every((mac) => most.includes(mac)))
  )
}

/** What scheduling may add on a machine that does other things. */
const SLACK_MS = 300

function summed(judged: readonly Judged[]): Compared {
  const decided = judged.filter(({ predicted }) => predicted.answers !== 'unknown')
  const paths: Record<string, number> = {}
  for (const { path } of judged.flatMap(({ predicted }) => predicted.replies)) paths[path] = (paths[path] ?? 0) + 1
  return {
    asked: judged.length,
    decided: decided.length,
    yes: judged.filter(({ predicted }) => predicted.answers === 'yes').length,
    paths,
    disagreements: judged
      .filter(({ agrees }) => !agrees)
      .map(({ heard, ...rest }) => ({
        ...rest,
        heard: heard.map(({ mac, afterMs }) => `${mac} after ${afterMs.toFixed(1)} ms`),
      })),
  }
}

/** Leaves out what the disagreement does not need, until nothing more can go. */
export async function shrink(host: RandomHost, found: Disagreement): Promise<RandomHost> {
  let small: RandomHost = { ...host, questions: [found.question], changes: found.changed ? host.changes : [] }
  if (!(await differs(small))) return { ...host, questions: [...host.questions] }
  for (let size = Math.ceil(small.lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < small.lines.length; ) {
      const without = { ...small, lines: [...small.lines.slice(0, at), ...small.lines.slice(at + size)] }
      if (await differs(without)) small = without
      else at += size
    }
  }
  return small
}

async function differs(host: RandomHost): Promise<boolean> {
  return (await compare([host])).disagreements.length > 0
}

/** The host as a fixture that can be read and pasted. */
export function printed(host: RandomHost, { question, changed, heard, predicted }: Disagreement): string {
  return [
    `${host.interfaces} interfaces; then:`,
    ...host.lines.map((line) => `  ${shellOf(line)}`),
    ...(changed ? host.changes.map((text) => `  change ${text}`) : []),
    `asked ${JSON.stringify(question)}`,
    `  heard ${heard.join(', ') || 'nothing'}`,
    `  predicted ${predicted.answers} ${JSON.stringify([...predicted.replies, ...predicted.possible].map(({ mac, path }) => `${mac === null ? '?' : formatMac(mac)} ${path}`))}`,
    ...predicted.because.map(
      ({ check, outcome, setting, value, text }) => `    ${check}: ${outcome} (${setting} = ${value}) ${text}`,
    ),
    JSON.stringify({ ...host, questions: [question] }),
  ].join('\n')
}
