import type { ClusterNode } from '../model.js'
import type { Labels } from '../model-common.js'
import { conditions } from './conditions.js'
import { labels, type Raw, record, records, text } from './raw.js'
import { keptNodeArguments } from './settings.js'

/** The only annotations of a node that something reads: how k3s and RKE2 run kube-proxy. */
const NODE_ARGUMENTS = ['k3s.io/node-args', 'rke2.io/node-args']

export function normaliseNode(object: Raw): ClusterNode {
  const metadata = record(object['metadata'])
  const spec = record(object['spec'])
  const status = record(object['status'])
  const info = record(status['nodeInfo'])
  return {
    name: text(metadata['name']),
    labels: labels(metadata['labels']),
    annotations: keptAnnotations(metadata['annotations']),
    conditions: conditions(status['conditions']),
    internalIPs: addresses(status, 'InternalIP'),
    externalIPs: addresses(status, 'ExternalIP'),
    taints: records(spec['taints']).map((taint) => ({
      key: text(taint['key']),
      value: text(taint['value']),
      effect: text(taint['effect']),
    })),
    kernelVersion: text(info['kernelVersion']),
    kubeletVersion: text(info['kubeletVersion']),
  }
}

function addresses(status: Raw, type: string): string[] {
  return records(status['addresses'])
    .filter((address) => address['type'] === type)
    .map((address) => text(address['address']))
}

function keptAnnotations(value: unknown): Labels {
  const kept = Object.entries(labels(value, (key) => NODE_ARGUMENTS.includes(key)))
  return Object.fromEntries(kept.map(([key, item]) => [key, keptNodeArguments(item)]))
}
