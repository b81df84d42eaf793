import { CannotLook } from '../known.js'
import type { ClusterSnapshot } from './model.js'
import { type Raw, record } from './normalise/raw.js'
import { clusterSchema } from './snapshot-schema.js'

const KIND = 'l2doctor/ClusterSnapshot'
const VERSION = 1

/** What `--save` writes: the snapshot as JSON, with its kind and version. */
export function formatSnapshot(cluster: ClusterSnapshot): string {
  return `${JSON.stringify({ kind: KIND, version: VERSION, cluster }, null, 1)}\n`
}

export function isSavedSnapshot(document: Raw): boolean {
  return document['kind'] === KIND
}

/** Throws `CannotLook` for another version or a damaged file. */
export function parseSnapshot(document: Raw, name: string): ClusterSnapshot {
  if (document['version'] !== VERSION) {
    throw damaged(name, `its version is ${document['version']}, this l2doctor reads ${VERSION}`)
  }
  const parsed = clusterSchema.safeParse(record(document['cluster']))
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw damaged(name, `at cluster.${path.join('.')}: ${message}`)
}

function damaged(subject: string, reason: string): CannotLook {
  return new CannotLook({ subject, reason, hint: 'write the snapshot anew: l2doctor audit-cluster --save FILE' })
}
