import { conditions } from '../../normalise/conditions.js'
import { meta, type Raw, record, records, textOrNull, texts } from '../../normalise/raw.js'
import { labelSelectorOrNull } from '../../normalise/selectors.js'
import type { CiliumL2Policy, CiliumPool } from './objects.js'

export function normaliseCiliumL2Policy(object: Raw): CiliumL2Policy {
  const spec = record(object['spec'])
  return {
    name: meta(object).name,
    serviceSelector: labelSelectorOrNull(spec['serviceSelector']),
    nodeSelector: labelSelectorOrNull(spec['nodeSelector']),
    interfaces: texts(spec['interfaces']),
    externalIPs: spec['externalIPs'] === true,
    loadBalancerIPs: spec['loadBalancerIPs'] === true,
    conditions: conditions(record(object['status'])['conditions']),
  }
}

/** `cidrs` was the field's name before Cilium 1.15. */
export function normaliseCiliumPool(object: Raw): CiliumPool {
  const spec = record(object['spec'])
  return {
    name: meta(object).name,
    blocks: records(spec['blocks'] ?? spec['cidrs']).map((block) => ({
      cidr: textOrNull(block['cidr']),
      start: textOrNull(block['start']),
      stop: textOrNull(block['stop']),
    })),
  }
}
