import { labels, meta, type Raw, record, text } from '../../normalise/raw.js'
import type { KeepalivedGroup } from './objects.js'

export function normaliseKeepalivedGroup(object: Raw): KeepalivedGroup {
  const spec = record(object['spec'])
  const found = text(spec['interfaceFromIP']) === '' ? text(spec['interface']) : ''
  return { ...meta(object), interface: found, nodeSelector: labels(spec['nodeSelector']) }
}
