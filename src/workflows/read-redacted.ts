import { redactCluster } from '../cluster/redact/cluster.js'
import { VOCABULARY } from '../cluster/vocabulary.js'
import { CannotLook } from '../known.js'
import { underPseudonyms } from '../redact/pseudonyms.js'
import type { ReadCluster } from './read-view.js'
import { addressesFor } from './redact-bundle.js'

/** Reads a cluster and answers with it under pseudonyms: nothing else is ever judged, reported or saved. */
export async function readRedacted(read: ReadCluster, interrupted: AbortSignal, key: Uint8Array) {
  const cluster = await read(interrupted).catch(withoutWhere)
  const addresses = addressesFor(cluster, key)
  const written = addresses && underPseudonyms(addresses, (to) => redactCluster(cluster, to), VOCABULARY).written
  if (!written) throw cannot('a range of addresses, or the number of elections, is too large for pseudonyms')
  return written
}

/** The words of a failure name servers, contexts and files. */
function withoutWhere(error: unknown): never {
  throw error instanceof CannotLook
    ? cannot('the cluster could not be read; run without --redact to see the reason')
    : error
}

function cannot(reason: string): CannotLook {
  return new CannotLook({
    subject: 'cluster',
    reason,
    hint: 'run it without --redact, and show the report to nobody else',
  })
}
