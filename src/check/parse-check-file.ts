import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { findRule } from '../rules/find-rule.js'
import { allRules } from '../rules/registry.js'
import { formatIp, parseIp, whyNoHostHolds } from '../wire/ip.js'
import { parseMac } from '../wire/mac.js'
import type { CheckFile } from './model.js'

/** A fault in a check file, with its place: 1-based line and column. */
export interface Fault {
  readonly line: number
  readonly column: number
  readonly message: string
}

export type ParsedCheckFile =
  | { readonly ok: true; readonly file: CheckFile }
  | { readonly ok: false; readonly faults: readonly Fault[] }

const ip = z.string().superRefine((text, context) => {
  const address = parseIp(text)
  const why = address === null ? NO_ADDRESS : whyNoHostHolds(address)
  if (why !== null) context.addIssue({ code: 'custom', message: address === null ? why : `cannot be a VIP: ${why}` })
})
const NO_ADDRESS = 'must be an address such as 10.0.0.240 or 2001:db8::240, without an interface'
const mac = z.string().refine((text) => parseMac(text) !== null, 'must be a MAC address such as 02:00:00:00:00:01')
const service = z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'must be namespace/name')
const rule = z.string().superRefine((id, context) => {
  const found = findRule(allRules, id)
  if ('suggestions' in found) {
    context.addIssue({
      code: 'custom',
      message: `there is no rule ${JSON.stringify(id)}; did you mean ${found.suggestions.join(', ')}?`,
    })
  }
})
const day = z.iso.date('must be a day such as 2027-01-31')

const vip = z
  .strictObject({
    ip: ip.nullable().default(null),
    service: service.nullable().default(null),
    responders: z.int().min(0).max(64).default(1),
    nodes: z.array(z.string().min(1)).default([]),
    macs: z.array(mac).default([]),
    answerWithinMs: z.number().positive().nullable().default(null),
  })
  .refine((given) => given.ip !== null || given.service !== null, 'needs an ip or a service')

/** An address listed twice would be two expectations of the same name. */
function eachOnce(vips: readonly z.output<typeof vip>[], context: z.RefinementCtx): void {
  const seen = new Set<string | null>()
  for (const [index, { ip, service }] of vips.entries()) {
    const name = spelled(ip) ?? service
    if (seen.has(name)) context.addIssue({ code: 'custom', path: [index], message: `${name} is listed already` })
    seen.add(name)
  }
}

const schema = z.strictObject({
  version: z.literal(1, 'must be 1'),
  interface: z.string().min(1).nullable().default(null),
  vips: z.array(vip).min(1, 'must name at least one VIP').superRefine(eachOnce),
  failOn: z.enum(['error', 'warning', 'info', 'never']).default('error'),
  allow: z
    .array(
      z.strictObject({
        rule,
        subject: z.string().min(1).nullable().default(null),
        reason: z.string().trim().min(1, 'must say why'),
        expires: day.nullable().default(null),
      }),
    )
    .default([]),
  nodes: z.array(z.string().min(1)).default([]),
  cluster: z.boolean().default(true),
  baseline: z.string().min(1).nullable().default(null),
})

/** The published JSON Schema of the file, for editors. */
export function checkFileJsonSchema(): object {
  return z.toJSONSchema(schema, { io: 'input' })
}

/** A check file for tens of thousands of VIPs. */
const MOST_CHARACTERS = 4 * 1024 * 1024

/** Reads a check file; every fault with the place in the text that is at fault. Never throws. */
export function parseCheckFile(text: string): ParsedCheckFile {
  if (text.length > MOST_CHARACTERS) return faultAtStart('the file is larger than 4 MiB')
  try {
    return parseWhole(text)
  } catch (error) {
    // aliases of aliases, or a nesting deeper than the stack: only somebody who wants harm writes them
    return faultAtStart(`the file cannot be read: ${(error as Error).message}`)
  }
}

function faultAtStart(message: string): ParsedCheckFile {
  return { ok: false, faults: [{ line: 1, column: 1, message }] }
}

function parseWhole(text: string): ParsedCheckFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  if (document.errors.length > 0) {
    return { ok: false, faults: document.errors.map(({ pos, message }) => ({ ...place(pos[0]), message })) }
  }
  const result = schema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {})
  if (result.success) return { ok: true, file: inOneSpelling(result.data) }
  return {
    ok: false,
    faults: result.error.issues.map((issue) => ({
      ...place(offsetOf(document, issue.path)),
      message: `${issue.path.length > 0 ? `${wordPath(issue.path)}: ` : ''}${issue.message}`,
    })),
  }
}

/** Addresses as the report spells them. */
function inOneSpelling(file: CheckFile): CheckFile {
  return { ...file, vips: file.vips.map((vip) => ({ ...vip, ip: spelled(vip.ip) })) }
}

function spelled(text: string | null): string | null {
  const ip = text === null ? null : parseIp(text)
  return ip === null ? text : formatIp(ip)
}

type Document = ReturnType<typeof parseDocument>

/** The nearest node that exists on the way to the fault: a missing key is reported at the map that lacks it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined
    if (node?.range) return node.range[0] ?? 0
  }
  return document.contents?.range?.[0] ?? 0
}

/** `vips[0].ip` */
function wordPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (words, part) =>
      typeof part === 'number' ? `${words}[${part}]` : words === '' ? String(part) : `${words}.${String(part)}`,
    '',
  )
}
