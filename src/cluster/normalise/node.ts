import type { ClusterNode, Condition, Labels } from '../model.js'
import { labels, type Raw, record, records, text, texts, time } from './raw.js'

/** Annotations worth keeping: the rest (images, CSI ids, last-applied) is bulk. */
const ANNOTATIONS = /^(?:k3s\.io|rke2\.io|flannel\.alpha\.coreos\.com|projectcalico\.org|kube-vip\.io|purelb\.io)\//

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
    unschedulable: spec['unschedulable'] === true,
    podCIDRs: texts(spec['podCIDRs']),
    kernelVersion: text(info['kernelVersion']),
    osImage: text(info['osImage']),
    kubeletVersion: text(info['kubeletVersion']),
  }
}

export function conditions(value: unknown): Condition[] {
  return records(value).map((condition) => ({
    type: text(condition['type']),
    status: text(condition['status']),
    reason: text(condition['reason']),
    message: text(condition['message']),
    since: time(condition['lastTransitionTime']),
  }))
}

function addresses(status: Raw, type: string): string[] {
  return records(status['addresses'])
    .filter((address) => address['type'] === type)
    .map((address) => text(address['address']))
}

function keptAnnotations(value: unknown): Labels {
  return Object.fromEntries(Object.entries(labels(value)).filter(([key]) => ANNOTATIONS.test(key)))
}
