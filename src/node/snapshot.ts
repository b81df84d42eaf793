import { z } from 'zod'
import { parseBoundedJson } from '../bounded-json.js'
import { readAs, recordOf } from '../first-wrong.js'
import type { HostRecord } from './host.js'
import { type FailureFacts, isFailureKind, savedFailure } from './host-failure.js'
import { savedSections } from './saved-sections.js'
import { sectionsSchema } from './sections-schema.js'

/** A saved host: what it said, word for word, so that later versions of l2doctor can read more out of it. */
const probeSchema = z.object({
  status: z.number().int().nullable().describe('exit status; null when the run ended before it was known'),
  stdout: z.string(),
  stderr: z.string(),
})

const failureSchema = z.object({
  subject: z.string(),
  reason: z.string(),
  hint: z.string(),
  facts: z
    .object({
      kind: z.string().describe('one of the kinds that l2doctor has words for'),
      said: z.string().describe('what ssh, the host or the system said'),
      partial: z.boolean(),
      number: z.number().nullable(),
    })
    .optional()
    .describe('what the words are made from when the file is read'),
})

export const nodeSnapshotSchema = z
  .object({
    format: z.literal('l2doctor-node-snapshot'),
    version: z.literal(1),
    name: z.string().min(1).describe('the host as the operator or the cluster names it'),
    address: z.string().describe('where it was read: the name given to ssh, or "local"'),
    probes: recordOf(probeSchema).describe('raw sections of the collector, by name'),
    failure: failureSchema.nullable().describe('why nothing, or not everything, could be read'),
    sections: sectionsSchema
      .optional()
      .describe('what was read out of the probes, where redaction left their text out'),
    become: z.literal(true).optional().describe('it was read with sudo (--become)'),
    pod: z.literal(true).optional().describe('it was read in a pod on it'),
  })
  .describe('What l2doctor audit-node read from one host (--save); --from replays it')

/** The published JSON Schema (docs/node-snapshot.schema.json is generated from here). */
export function nodeSnapshotJsonSchema(): object {
  return z.toJSONSchema(nodeSnapshotSchema)
}

export function writeSnapshot({ name, address, probes, failure, sections, become, pod }: HostRecord): string {
  const snapshot: z.infer<typeof nodeSnapshotSchema> = {
    format: 'l2doctor-node-snapshot',
    version: 1,
    name,
    address,
    probes: { ...probes },
    failure,
    ...(sections && { sections }),
    ...(become ? { become } : {}),
    ...(pod ? { pod } : {}),
  }
  return `${JSON.stringify(snapshot, null, 1)}\n`
}

/** The record in a snapshot file, or what is wrong with the text. */
export function readSnapshot(text: string): HostRecord | { readonly wrong: string } {
  let value: unknown
  try {
    value = parseBoundedJson(text)
  } catch (error) {
    const what = error instanceof RangeError ? 'too much for a host' : 'not JSON'
    return { wrong: `${what}: ${(error as Error).message}` }
  }
  const parsed = readAs(nodeSnapshotSchema, value, text.length)
  return 'wrong' in parsed ? parsed : recordFrom(parsed.data)
}

/** What was saved, with failures in our own words. */
export function recordFrom(saved: z.infer<typeof nodeSnapshotSchema>): HostRecord {
  const { name, address, probes, failure, sections, become, pod } = saved
  const ours = failure && savedFailure(failure, factsOf(failure), { name, address })
  return {
    name,
    address,
    probes,
    failure: ours,
    ...(sections && { sections: savedSections(sections, name) }),
    ...(become && { become }),
    ...(pod && { pod }),
  }
}

function factsOf({ facts }: z.infer<typeof failureSchema>): FailureFacts | null {
  if (facts === undefined || !isFailureKind(facts.kind)) return null
  return { ...facts, kind: facts.kind }
}

/** `node-a.json`; anything a file name should not have becomes `_`, and a second of the same name gets a number. */
export function snapshotFileNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const plain = name.replace(/[^\w.@-]/g, '_').replace(/^\.+/, '_')
    let candidate = plain
    for (let n = 2; taken.has(candidate); n++) candidate = `${plain}-${n}`
    taken.add(candidate)
    return `${candidate}.json`
  })
}
