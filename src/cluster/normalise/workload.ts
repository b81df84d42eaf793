import { isReadImage, isReadPodImage, READ_CONTAINERS } from '../all-reads.js'
import type { Container, EnvVar, Pod, Workload } from '../model-workloads.js'
import { count, labels, meta, type Raw, record, records, text, textOrNull, texts } from './raw.js'
import { matchExpressions } from './selectors.js'
import { isKeptVariable, keptArguments, keptValue } from './settings.js'

/** Null for workloads that have no part in announcing addresses. */
export function normaliseWorkload(object: Raw, kind: Workload['kind']): Workload | null {
  const spec = record(object['spec'])
  const template = record(spec['template'])
  const podSpec = record(template['spec'])
  const containers = records(podSpec['containers']).map(container)
  if (!containers.some(({ name, image }) => READ_CONTAINERS.has(name) || isReadImage(image))) return null
  const status = record(object['status'])
  return {
    kind,
    ...meta(object),
    labels: labels(record(object['metadata'])['labels']),
    podLabels: labels(record(template['metadata'])['labels']),
    containers,
    ...placement(podSpec),
    desired: count(status['desiredNumberScheduled'] ?? status['replicas'] ?? spec['replicas']),
    ready: count(status['numberReady'] ?? status['readyReplicas']),
  }
}

/** Null for pods that announce nothing. */
export function normalisePod(object: Raw): Pod | null {
  const spec = record(object['spec'])
  const status = record(object['status'])
  const all = records(spec['containers'])
  const images = all.map(({ image }) => text(image))
  if (!images.some((image) => isReadPodImage(image))) return null
  const owner = controller(object)
  const owned = owner !== null && owner.kind !== 'Node'
  const { key, namespace, name } = meta(object)
  return {
    key,
    namespace,
    name,
    node: textOrNull(spec['nodeName']),
    owner,
    ready: records(status['conditions']).some(({ type, status }) => type === 'Ready' && status === 'True'),
    images,
    containers: owned ? [] : all.map(container),
  }
}

function controller(object: Raw): Pod['owner'] {
  const owner = records(record(object['metadata'])['ownerReferences']).find(({ controller }) => controller === true)
  return owner ? { kind: text(owner['kind']), name: text(owner['name']) } : null
}

function container(raw: Raw): Container {
  return {
    name: text(raw['name']),
    image: text(raw['image']),
    args: keptArguments([...texts(raw['command']), ...texts(raw['args'])]),
    env: records(raw['env']).map(envVar).filter(isKeptVariable),
  }
}

/** A variable without `value` and `valueFrom` is the empty string, as the API documents. */
function envVar(raw: Raw): EnvVar {
  const from = envSource(record(raw['valueFrom']))
  const name = text(raw['name'])
  return { name, value: from === null ? keptValue(name, text(raw['value'])) : null, from }
}

function envSource(raw: Raw): string | null {
  const [kind, source] = Object.entries(raw)[0] ?? []
  if (kind === undefined) return null
  const { fieldPath, name, key, resource } = record(source)
  return `${kind}:${text(fieldPath) || text(resource) || `${text(name)}/${text(key)}`}`
}

function placement(podSpec: Raw): Pick<Workload, 'nodeSelector' | 'requiredNodeAffinity' | 'tolerations'> {
  const affinity = record(record(podSpec['affinity'])['nodeAffinity'])
  const required = record(affinity['requiredDuringSchedulingIgnoredDuringExecution'])
  return {
    nodeSelector: labels(podSpec['nodeSelector']),
    requiredNodeAffinity: records(required['nodeSelectorTerms']).map((term) => ({
      matchExpressions: matchExpressions(term),
    })),
    tolerations: records(podSpec['tolerations']).map((toleration) => ({
      key: text(toleration['key']),
      operator: text(toleration['operator']) || 'Equal',
      value: text(toleration['value']),
      effect: text(toleration['effect']),
    })),
  }
}
