import { z } from 'zod'
import type { HostRecord } from './host.js'

/** A saved host: what it said, word for word, so that later versions of l2doctor can read more out of it. */
const probeSchema = z.object({
  status: z.number().int().nullable().describe('exit status; null when the run ended before it was told'),
  stdout: z.string(),
  stderr: z.string(),
})

const gapSchema = z.object({ subject: z.string(), reason: z.string(), hint: z.string() })

export const nodeSnapshotSchema = z
  .object({
    format: z.literal('l2doctor-node-snapshot'),
    version: z.literal(1),
    name: z.string().min(1).describe('the host as the operator or the cluster names it'),
    address: z.string().describe('where it was read: what ssh was told to reach, or "local"'),
    probes: z.record(z.string(), probeSchema).describe('raw sections of the collector, by name'),
    failure: gapSchema.nullable().describe('why nothing, or not everything, could be read'),
  })
  .describe('What l2doctor audit-node read from one host (--save); --from replays it')

/** The published JSON Schema (docs/node-snapshot.schema.json is generated from here). */
export function nodeSnapshotJsonSchema(): object {
  return z.toJSONSchema(nodeSnapshotSchema)
}

export function writeSnapshot({ name, address, probes, failure }: HostRecord): string {
  const snapshot: z.infer<typeof nodeSnapshotSchema> = {
    format: 'l2doctor-node-snapshot',
    version: 1,
    name,
    address,
    probes: { ...probes },
    failure,
  }
  return `${JSON.stringify(snapshot, null, 1)}\n`
}

/** The record in a snapshot file, or what is wrong with the text. */
export function readSnapshot(text: string): HostRecord | { readonly wrong: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { wrong: `not JSON: ${(error as Error).message}` }
  }
  const parsed = nodeSnapshotSchema.safeParse(value)
  if (!parsed.success) return { wrong: z.prettifyError(parsed.error).split('\n')[0] ?? 'not a node snapshot' }
  const { name, address, probes, failure } = parsed.data
  return { name, address, probes, failure }
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
