import type { Endpoint, EndpointSlice, Ingress, Manager, Service } from '../model.js'
import { labels, meta, type Raw, record, records, text, textOrNull, texts, time } from './raw.js'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Null for a Service that cannot have a VIP. */
export function normaliseService(object: Raw): Service | null {
  const metadata = record(object['metadata'])
  const spec = record(object['spec'])
  const externalIPs = texts(spec['externalIPs'])
  if (spec['type'] !== 'LoadBalancer' && externalIPs.length === 0) return null
  const { key, namespace, name } = meta(object)
  return {
    key,
    namespace,
    name,
    type: text(spec['type']) || 'ClusterIP',
    labels: labels(metadata['labels']),
    annotations: labels(metadata['annotations'], (name) => name !== LAST_APPLIED),
    selector: labels(spec['selector']),
    loadBalancerClass: textOrNull(spec['loadBalancerClass']),
    loadBalancerIP: textOrNull(spec['loadBalancerIP']),
    externalTrafficPolicy: spec['externalTrafficPolicy'] === 'Local' ? 'Local' : 'Cluster',
    ipFamilyPolicy: textOrNull(spec['ipFamilyPolicy']),
    clusterIPs: clusterIPs(spec),
    externalIPs,
    ingress: records(record(record(object['status'])['loadBalancer'])['ingress']).map(ingress),
    managers: records(metadata['managedFields']).map(manager),
    createdAt: time(metadata['creationTimestamp']),
    uid: textOrNull(metadata['uid']),
  }
}

/** API servers before 1.20 have `clusterIP` alone. */
function clusterIPs(spec: Raw): string[] {
  const plural = texts(spec['clusterIPs'])
  return plural.length > 0 ? plural : texts([spec['clusterIP']]).filter((ip) => ip !== '')
}

function ingress(entry: Raw): Ingress {
  return {
    ip: textOrNull(entry['ip']),
    hasPorts: Array.isArray(entry['ports']) && entry['ports'].length > 0,
  }
}

function manager(entry: Raw): Manager {
  const status = record(record(entry['fieldsV1'])['f:status'])
  return { name: text(entry['manager']), writesStatus: 'f:loadBalancer' in status }
}

/** Null for a slice of no Service. Endpoints of one node in one state count once: which nodes have some is all we ask. */
export function normaliseEndpointSlice(object: Raw): EndpointSlice | null {
  const { key, namespace, name } = meta(object)
  const service = labels(record(object['metadata'])['labels'])['kubernetes.io/service-name']
  if (service === undefined) return null
  const endpoints = new Map<string, Endpoint>()
  for (const raw of records(object['endpoints'])) {
    const seen = endpoint(raw)
    endpoints.set(`${seen.node}/${seen.ready}/${seen.serving}`, seen)
  }
  return {
    key,
    namespace,
    name,
    service: `${namespace}/${service}`,
    addressType: textOrNull(object['addressType']),
    endpoints: [...endpoints.values()],
  }
}

/** Absent conditions as discovery.k8s.io/v1 documents them: ready unless said otherwise, serving as ready. */
function endpoint(raw: Raw): Endpoint {
  const { ready, serving } = record(raw['conditions'])
  const isReady = ready !== false
  return {
    node: textOrNull(raw['nodeName']),
    ready: isReady,
    serving: typeof serving === 'boolean' ? serving : isReady,
  }
}
