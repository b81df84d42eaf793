import type { CiliumL2Policy, CiliumPool, OpenElbEip, PureLbNodeAgent, PureLbServiceGroup } from '../model-resources.js'
import { conditions } from './node.js'
import { labels, meta, type Raw, record, records, text, textOrNull, texts } from './raw.js'
import { labelSelectorOrNull } from './selectors.js'

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
    serviceSelector: labelSelectorOrNull(spec['serviceSelector']),
    disabled: spec['disabled'] === true,
  }
}

export function normaliseOpenElbEip(object: Raw): OpenElbEip {
  const spec = record(object['spec'])
  return {
    name: meta(object).name,
    address: text(spec['address']),
    protocol: text(spec['protocol']) || 'bgp',
    interface: text(spec['interface']),
    disabled: spec['disable'] === true,
    used: labels(record(object['status'])['used']),
  }
}

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

export function normalisePureLbNodeAgent(object: Raw): PureLbNodeAgent {
  const local = record(record(object['spec'])['local'])
  return {
    ...meta(object),
    localInterface: text(local['localint']),
    extLBInterface: text(local['extlbint']),
    sendsGratuitous: local['sendgarp'] === true,
  }
}
