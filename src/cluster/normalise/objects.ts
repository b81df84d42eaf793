import { CONFIG_MAPS, EVENT_REASONS } from '../all-reads.js'
import type { ClusterEvent, ConfigMap, Lease } from '../model.js'
import { count, labels, meta, numberOrNull, type Raw, record, text, textOrNull, time } from './raw.js'
import { withoutPasswords } from './secrets.js'

/** Where kubelets beat: one lease a node, none of our business. */
export const NODE_LEASES = 'kube-node-lease'

export function normaliseLease(object: Raw): Lease | null {
  const identity = meta(object)
  const spec = record(object['spec'])
  if (identity.namespace === NODE_LEASES) return null
  return {
    ...identity,
    holder: textOrNull(spec['holderIdentity']),
    renewedAt: time(spec['renewTime']),
    durationSeconds: numberOrNull(spec['leaseDurationSeconds']),
    transitions: count(spec['leaseTransitions']),
    createdAt: time(record(object['metadata'])['creationTimestamp']),
  }
}

/** Events of the old recorder carry `source` and `count`, those of events.k8s.io `reportingComponent` and `series`. */
export function normaliseEvent(object: Raw): ClusterEvent | null {
  const reason = text(object['reason'])
  if (!EVENT_REASONS.has(reason)) return null
  const { series, source, eventTime, firstTimestamp, lastTimestamp, deprecatedCount } = object
  const about = record(object['involvedObject'] ?? object['regarding'])
  const at = time(eventTime)
  return {
    ...meta(object),
    reason,
    message: text(object['message'] ?? object['note']),
    about: {
      kind: text(about['kind']),
      key: [about['namespace'], about['name']].map(text).filter(Boolean).join('/'),
      uid: textOrNull(about['uid']),
    },
    component: text(record(source)['component']) || text(object['reportingComponent']),
    count: count(object['count'] ?? record(series)['count'] ?? deprecatedCount) || 1,
    firstAt: time(firstTimestamp) ?? at,
    lastAt: time(record(series)['lastObservedTime']) ?? time(lastTimestamp) ?? at,
  }
}

export function normaliseConfigMap(object: Raw): ConfigMap | null {
  const identity = meta(object)
  if (!CONFIG_MAPS.has(identity.name)) return null
  const data = Object.entries(labels(object['data'])).map(([key, value]) => [key, withoutPasswords(value)])
  return { ...identity, data: Object.fromEntries(data) }
}
