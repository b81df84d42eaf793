import { meta, type Raw, record, records, text, texts } from '../../normalise/raw.js'
import type { EgressIp } from './objects.js'

export function normaliseEgressIp(object: Raw): EgressIp {
  const items = records(record(object['status'])['items'])
  return {
    name: meta(object).name,
    egressIPs: texts(record(object['spec'])['egressIPs']),
    items: items.map(({ egressIP, node }) => ({ egressIP: text(egressIP), node: text(node) })),
  }
}
