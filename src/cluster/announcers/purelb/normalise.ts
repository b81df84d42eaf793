import { meta, type Raw, record, records, text } from '../../normalise/raw.js'
import type { PureLbServiceGroup } from './objects.js'

/** The address pools sit under `spec.local`, one or by family, or in lists of them. */
export function normalisePureLbServiceGroup(object: Raw): PureLbServiceGroup {
  const local = record(record(object['spec'])['local'])
  const pools = [local, record(local['v4pool']), record(local['v6pool'])]
  const listed = [...records(local['v4pools']), ...records(local['v6pools'])]
  return {
    ...meta(object),
    pools: [...pools, ...listed].map((pool) => text(pool['pool'])).filter((pool) => pool !== ''),
  }
}
