import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { readBounded } from '../bounded-file.js'
import { parseBoundedJson } from '../bounded-json.js'
import type { StoredBaseline } from '../facts/baseline.js'
import { writeWhole } from '../files/output-file.js'
import type { BaselineStore } from '../workflows/vip-baseline.js'
import { UsageError } from './exit-codes.js'
import { MOST_MEBIBYTES } from './read-text.js'

const schema = z.object({
  kind: z.literal('l2doctor/Baseline'),
  version: z.literal(1),
  at: z.iso.datetime(),
  bindings: z.array(
    z.object({
      service: z.string(),
      ips: z.array(z.string()),
      nodes: z.record(z.string(), z.string()),
      announcers: z.array(z.string()),
    }),
  ),
})

/**
 * The VIP bindings of the last run in a file; written whole or not at all. A file of something else is a usage error. `save` may
 * catch what cannot be written.
 */
export function baselineFile(
  file: string,
  save = (contents: string): Promise<unknown> => writeWhole(file, contents, 'owner'),
): BaselineStore {
  return {
    name: file,
    read: async () => {
      const text = await readIfThere(file)
      return text === null ? null : parseBaseline(text, file)
    },
    write: async (baseline) => {
      await save(`${JSON.stringify({ kind: 'l2doctor/Baseline', version: 1, ...baseline }, null, 1)}\n`)
    },
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    // a device or a pipe keeps nothing from one run to the next, and may let us wait for ever
    return (await stat(file)).isFile() ? (await readBounded(file, MOST_MEBIBYTES.objects)).toString() : null
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UsageError(`cannot read the baseline ${file}: ${(cause as Error).message}`, { cause })
  }
}

function parseBaseline(text: string, file: string): StoredBaseline {
  try {
    return schema.parse(parseBoundedJson(text))
  } catch (cause) {
    throw new UsageError(`${file} is not a baseline that audit-cluster wrote; name another file or remove it`, {
      cause,
    })
  }
}
