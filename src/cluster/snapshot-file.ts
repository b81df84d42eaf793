import { readAs } from '../first-wrong.js'
import { CannotLook, unknown } from '../known.js'
import { theirs } from '../theirs.js'
import { CLUSTER_KINDS, nameOfKind } from './kinds.js'
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

/** Throws `CannotLook` for another version or a damaged file. `characters`: of the text that it was. */
export function parseSnapshot(document: Raw, name: string, characters: number): ClusterSnapshot {
  if (document['version'] !== VERSION) {
    throw damaged(name, `its version is ${document['version']}, this l2doctor reads ${VERSION}`)
  }
  const parsed = readAs(clusterSchema, record(document['cluster']), characters)
  if ('wrong' in parsed) throw damaged(name, `in its cluster, ${parsed.wrong}`)
  return withGapsOfOurs(parsed.data, record(document['cluster']))
}

/** What a file says of a kind that it does not hold is quoted; advice of its own is left out. */
function withGapsOfOurs(cluster: ClusterSnapshot, saved: Raw): ClusterSnapshot {
  const gaps = CLUSTER_KINDS.flatMap((kind) => {
    const items = cluster[kind]
    return items.known || !(kind in saved) ? [] : [[kind, unknown(nameOfKind(kind), quoted(items.gap.reason), AGAIN)]]
  })
  return { ...cluster, ...Object.fromEntries(gaps) }
}

/** Quoted once, however often the snapshot was saved again. */
function quoted(reason: string): string {
  return reason.startsWith(QUOTED)
    ? QUOTED + theirs(reason.slice(QUOTED.length).replace(/^"|"$/g, ''))
    : QUOTED + theirs(reason)
}

const QUOTED = 'it was not read; the snapshot says '

const AGAIN = 'read the cluster again, with an account that may list it'

function damaged(subject: string, reason: string): CannotLook {
  return new CannotLook({ subject, reason, hint: 'write the snapshot again: l2doctor audit-cluster --save FILE' })
}
