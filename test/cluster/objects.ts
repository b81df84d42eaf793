import type { ClusterSnapshot } from '../../src/cluster/model.js'
import { clusterOf } from './read-yaml.js'

/** Kubernetes objects in short hand, for tests that need many small clusters; read as `kubectl get -o json` output is. */
export type KubeObject = Readonly<Record<string, unknown>>

export function clusterWith(...objects: readonly KubeObject[]): ClusterSnapshot {
  return clusterOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
}

/** An empty typed list: the kind was looked at and there is none. */
export function none(apiVersion: string, kind: string): KubeObject {
  return { apiVersion, kind: `${kind}List`, items: [] }
}

export interface NodeText {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly unavailable?: boolean
  readonly taint?: string
  readonly ip?: string
}

export function node(
  name: string,
  { labels = {}, annotations = {}, unavailable = false, taint, ip }: NodeText = {},
): KubeObject {
  const conditions = unavailable ? [{ type: 'NetworkUnavailable', status: 'True' }] : []
  const addresses = ip ? [{ type: 'InternalIP', address: ip }] : []
  const taints = taint ? [{ key: taint, effect: 'NoSchedule' }] : []
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations },
    spec: { taints },
    status: { conditions, addresses },
  }
}

export interface ServiceText {
  readonly spec?: Readonly<Record<string, unknown>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

/** A LoadBalancer Service in the namespace `default`. */
export function service(
  name: string,
  ips: readonly string[],
  { spec, annotations, labels }: ServiceText = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', annotations, labels },
    spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster', ...spec },
    status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
  }
}

/** Ready endpoints of a Service on these nodes. */
export function endpoints(service: string, nodes: readonly string[]): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    endpoints: nodes.map((nodeName) => ({ nodeName, conditions: { ready: true } })),
  }
}

export interface ContainerText {
  readonly name: string
  readonly image: string
  readonly args?: readonly string[]
  /** A value of null stands for one taken from a field. */
  readonly env?: Readonly<Record<string, string | null>>
}

export function daemonSet(key: string, container: ContainerText, podSpec: KubeObject = {}): KubeObject {
  const [namespace, name] = key.split('/')
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: { template: { spec: { ...podSpec, containers: [containerOf(container)] } } },
  }
}

/** A ready pod; owned by its node (a static pod) unless a DaemonSet is named. */
export function pod(key: string, node: string, container: ContainerText, daemonSet?: string, ready = true): KubeObject {
  const [namespace, name] = key.split('/')
  const owner = daemonSet ? { kind: 'DaemonSet', name: daemonSet } : { kind: 'Node', name: node }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ownerReferences: [{ ...owner, controller: true }] },
    spec: { nodeName: node, containers: [containerOf(container)] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }
}

function containerOf({ name, image, args = [], env = {} }: ContainerText): KubeObject {
  const variables = Object.entries(env).map(([key, value]) =>
    value === null ? { name: key, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } } : { name: key, value },
  )
  return { name, image, args, env: variables }
}

/** MetalLB's speaker as the release manifests have it. */
export function speaker(version: string, more: Partial<ContainerText> = {}, podSpec: KubeObject = {}): KubeObject {
  const env = { METALLB_ML_BIND_ADDR: null, METALLB_ML_LABELS: 'component=speaker', ...more.env }
  const image = more.image ?? `quay.io/metallb/speaker:v${version}`
  return daemonSet('metallb-system/speaker', { name: 'speaker', args: more.args ?? [], image, env }, podSpec)
}

export function pool(
  name: string,
  addresses: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  return metallb('IPAddressPool', name, { addresses }, labels)
}

export function advertisement(name: string, spec: KubeObject = {}): KubeObject {
  return metallb('L2Advertisement', name, spec)
}

export function metallb(kind: string, name: string, spec: KubeObject, labels: KubeObject = {}): KubeObject {
  return { apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: 'metallb-system', labels }, spec }
}

export function l2Status(service: string, node: string): KubeObject {
  const labels = {
    'metallb.io/node': node,
    'metallb.io/service-name': service,
    'metallb.io/service-namespace': 'default',
  }
  const status = { node, serviceName: service, serviceNamespace: 'default' }
  return { ...metallb('ServiceL2Status', `l2-${node}`, {}, labels), status }
}

/** An assignment reported at this hour of one day. */
export function assignment(service: string, node: string, hour: number): KubeObject {
  const at = `2026-01-01T${String(hour).padStart(2, '0')}:00:00Z`
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${service}.${hour}`, namespace: 'default' },
    involvedObject: { kind: 'Service', namespace: 'default', name: service },
    reason: 'nodeAssigned',
    message: `announcing from node "${node}" with protocol "layer2"`,
    firstTimestamp: at,
    lastTimestamp: at,
  }
}

/** A lease of 15 s renewed `age` seconds before noon; the newest of a cluster tells when it was read. */
export function lease(key: string, holder: string, age = 0): KubeObject {
  const [namespace, name] = key.split('/')
  const renewTime = new Date(Date.UTC(2026, 0, 1, 12) - age * 1000).toISOString()
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace },
    spec: { holderIdentity: holder, leaseDurationSeconds: 15, renewTime },
  }
}

export function configMap(key: string, data: Readonly<Record<string, string>>): KubeObject {
  const [namespace, name] = key.split('/')
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}
