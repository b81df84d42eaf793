import { z } from 'zod'
import { parseBoundedJson } from '../bounded-json.js'
import { SEVERITIES } from '../report/severities.js'
import { CERTAINTIES } from '../rules/certainty.js'

/** The lines of `watch --history`, a JSON object each. What a subject is said to be holds until its next line. */

const KIND = 'l2doctor/History'
const VERSION = 1

/** Of more machines that answered for one address in one window the others are left out. */
export const MOST_RESPONDERS = 64

const iso = z.iso.datetime()
const text = z.string()
const machine = z.object({ mac: text, node: text.nullable() })
const finding = z.object({
  rule: text,
  severity: z.enum(SEVERITIES),
  certainty: z.enum(CERTAINTIES),
  subject: text,
  message: text,
  fingerprint: text,
})

export const historyLineSchema = z.discriminatedUnion('event', [
  /** The first line of a file, and the first of each watch that writes to it. */
  z.object({
    event: z.literal('begun'),
    kind: z.literal(KIND),
    version: z.literal(VERSION),
    at: iso,
    writtenBy: text,
    /** The rest of an earlier file: what stands is said again, each with its own time. */
    continued: z.boolean(),
  }),
  z.object({
    event: z.literal('ended'),
    at: iso,
    /** The end of the last window that was judged: what came after is not in the file. Absent: none was. */
    judgedUntil: iso.optional(),
    /** When the cluster was read last. Absent: it was not. */
    readUntil: iso.optional(),
  }),
  z.object({
    event: z.literal('vip'),
    at: iso,
    interface: text,
    /** Requests were sent: who did not answer would have. */
    asked: z.boolean(),
    ip: text,
    /** `namespace/name` of each Service that has the address. */
    services: z.array(text),
    /** Who answered in the last window, 64 at most; empty with `inconclusive`: nobody can say. */
    responders: z.array(machine),
    owner: machine.nullable(),
    expected: z.object({ node: text.nullable(), from: text }).nullable(),
    verdict: z.enum(['healthy', 'findings', 'inconclusive']),
    because: text.nullable(),
  }),
  /** The IPv4 gateways of the watching machine there: another segment with the same addresses has other ones. */
  z.object({
    event: z.literal('segment'),
    at: iso,
    interface: text,
    gateways: z.array(z.object({ ip: text, mac: text })),
  }),
  /** It is no longer watched. */
  z.object({ event: z.literal('vip-gone'), at: iso, interface: text, ip: text }),
  z.object({ event: z.literal('finding-began'), at: iso, interface: text, finding }),
  z.object({ event: z.literal('finding-ended'), at: iso, since: iso, interface: text, finding }),
  z.object({
    event: z.literal('service'),
    at: iso,
    service: text,
    /** Empty: it has no address, or is not there. */
    ips: z.array(text),
    /** The expected node of each address where one is known. */
    nodes: z.record(text, text),
    announcers: z.array(text),
    /** From then to this line the cluster could not be read. */
    unseenFrom: iso.optional(),
  }),
  /** Lines could not be written before this one. */
  z.object({ event: z.literal('lost'), at: iso, lines: z.number().int().positive() }),
])

export type HistoryLine = z.infer<typeof historyLineSchema>
export type LineOf<E extends HistoryLine['event']> = Extract<HistoryLine, { readonly event: E }>

export function historyJsonSchema(): unknown {
  return z.toJSONSchema(historyLineSchema, { io: 'output' })
}

export function beginLine(at: string, writtenBy: string, continued: boolean): HistoryLine {
  return { event: 'begun', kind: KIND, version: VERSION, at, writtenBy, continued }
}

/** A longer line is not written by us. */
const MOST_CHARACTERS = 64 * 1024

/** With its end. */
export function formatLine(line: HistoryLine): string {
  const text = JSON.stringify(line)
  const lost: LineOf<'lost'> = { event: 'lost', at: line.at, lines: 1 }
  return `${text.length > MOST_CHARACTERS ? JSON.stringify(lost) : text}\n`
}

/** A file with more lines that cannot be read is no history. */
const MOST_UNREAD = 1000

export interface ReadHistory {
  /** With a `lost` where lines could not be read. */
  readonly lines: readonly HistoryLine[]
  /** Whole lines that could not be read; those of events that a later version added are none. */
  readonly unread: number
  /** The last line has no end: it was cut off while it was written. */
  readonly isTorn: boolean
}

/** Null for a text that is no history; one without a line is an empty one. */
export function parseHistory(all: string): ReadHistory | null {
  const lines: HistoryLine[] = []
  let [unread, from] = [0, 0]
  for (let end = all.indexOf('\n'); end >= 0; end = all.indexOf('\n', from)) {
    const line = end - from > MOST_CHARACTERS ? 'unread' : parseLine(all.slice(from, end))
    if (line === 'unread') {
      unread += 1
      lines.push({ event: 'lost', at: lines.at(-1)?.at ?? new Date(0).toISOString(), lines: 1 })
    } else if (line !== 'unknown-event') lines.push(line)
    if (unread > MOST_UNREAD) return null
    from = end + 1
  }
  const isTorn = from < all.length
  const isHistory = lines.some(({ event }) => event === 'begun') || (from === 0 && isBeginning(all))
  return isHistory ? { lines, unread, isTorn } : null
}

/** Of a file whose first line was cut off, or that holds nothing yet. */
function isBeginning(torn: string): boolean {
  const start = formatLine(beginLine('', '', false)).slice(0, `{"event":"begun","kind":"${KIND}"`.length)
  return start.startsWith(torn.slice(0, start.length))
}

function parseLine(text: string): HistoryLine | 'unread' | 'unknown-event' {
  try {
    const value = parseBoundedJson(text)
    const parsed = historyLineSchema.safeParse(value, { jitless: true })
    if (parsed.success) return parsed.data
    return isOfLaterVersion(value) ? 'unknown-event' : 'unread'
  } catch {
    return 'unread' // cut off in the middle by a full disk
  }
}

function isOfLaterVersion(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { event, at } = value as { event?: unknown; at?: unknown }
  return typeof event === 'string' && typeof at === 'string' && !EVENTS.has(event)
}

const EVENTS: ReadonlySet<string> = new Set(historyLineSchema.options.map(({ shape }) => shape.event.value))
