import { meta, type Raw, record, text } from '../../normalise/raw.js'
import type { OpenElbEip } from './objects.js'

export function normaliseOpenElbEip(object: Raw): OpenElbEip {
  const spec = record(object['spec'])
  return {
    name: meta(object).name,
    address: text(spec['address']),
    protocol: text(spec['protocol']) || 'bgp',
    interface: text(spec['interface']),
    disabled: spec['disable'] === true,
  }
}
