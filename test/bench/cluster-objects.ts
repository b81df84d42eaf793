import type { KubeObject } from '../cluster/api-selectors.js'

/** How large the cluster of the bench is. */
export const SIZE = { nodes: 5000, services: 10_000, slicesPerService: 2, endpointsPerSlice: 3 } as const

const AT = '2026-03-01T12:00:00Z'

/** Objects of about the size that real ones have: managed fields, images and annotations included. */
export function clusterObjects(): KubeObject[] {
  return [
    ...count(SIZE.nodes, node),
    ...count(SIZE.services, service).flat(),
    ...metallb(),
    ...count(SIZE.nodes, speaker),
  ]
}

function count<T>(size: number, make: (index: number) => T): T[] {
  return Array.from({ length: size }, (_, index) => make(index))
}

function node(index: number): KubeObject {
  const images = count(40, (image) => ({ names: [`registry.example.com/team-${image}/app@sha256:${'0'.repeat(64)}`] }))
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName(index), labels: { zone: `z${index % 3}` }, managedFields: managedFields('kubelet') },
    spec: { podCIDRs: [`10.${index >> 8}.${index & 255}.0/24`] },
    status: {
      addresses: [{ type: 'InternalIP', address: `172.16.${index >> 8}.${index & 255}` }],
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ready', lastTransitionTime: AT },
        { type: 'NetworkUnavailable', status: 'False', reason: 'CalicoIsUp', message: '', lastTransitionTime: AT },
      ],
      nodeInfo: { kernelVersion: '6.8.0-60-generic', osImage: 'Ubuntu 24.04.2 LTS', kubeletVersion: 'v1.33.1' },
      images,
    },
  }
}

/** A Service with its slices and its status. */
function service(index: number): KubeObject[] {
  const [namespace, name] = [`team-${index % 100}`, `service-${index}`]
  const slices = count(SIZE.slicesPerService, (slice) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: {
      namespace,
      name: `${name}-${slice}`,
      labels: { 'kubernetes.io/service-name': name },
      managedFields: managedFields('kube-controller-manager'),
    },
    endpoints: count(SIZE.endpointsPerSlice, (endpoint) => ({
      addresses: [`10.0.${endpoint}.${slice}`],
      nodeName: nodeName((index * 7 + slice * 13 + endpoint * 29) % SIZE.nodes),
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: 'Pod', namespace, name: `${name}-7d9f8b6c5-${endpoint}abcd` },
    })),
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  }))
  return [vipService(index, namespace, name), statusOf(index, namespace, name), ...slices]
}

/** MetalLB writes one for every Service that it announces. */
function statusOf(index: number, serviceNamespace: string, serviceName: string): KubeObject {
  return {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'ServiceL2Status',
    metadata: { namespace: 'metallb-system', name: `l2-${index}`, managedFields: managedFields('speaker') },
    status: { node: nodeName(index % SIZE.nodes), serviceName, serviceNamespace, interfaces: [{ name: 'eth0' }] },
  }
}

function vipService(index: number, namespace: string, name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, creationTimestamp: AT, managedFields: managedFields('controller') },
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: index % 4 === 0 ? 'Local' : 'Cluster',
      clusterIPs: [`10.96.${index >> 8}.${index & 255}`],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      selector: { app: name },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', nodePort: 30_000 + (index % 2000) }],
    },
    status: { loadBalancer: { ingress: [{ ip: `10.50.${index >> 8}.${index & 255}` }] } },
  }
}

function metallb(): KubeObject[] {
  const labels = { app: 'metallb', component: 'speaker' }
  const env = [
    { name: 'METALLB_ML_BIND_ADDR', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'METALLB_ML_LABELS', value: 'app=metallb,component=speaker' },
  ]
  const containers = [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2', env }]
  const namespace = 'metallb-system'
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { namespace, name: 'speaker', labels },
      spec: { template: { metadata: { labels }, spec: { hostNetwork: true, containers } } },
      status: { desiredNumberScheduled: SIZE.nodes, numberReady: SIZE.nodes, updatedNumberScheduled: SIZE.nodes },
    },
    {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { namespace, name: 'lan' },
      spec: { addresses: ['10.50.0.0/16'] },
    },
    { apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement', metadata: { namespace, name: 'lan' }, spec: {} },
  ]
}

function speaker(index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'metallb-system',
      name: `speaker-${index}`,
      labels: { app: 'metallb', component: 'speaker' },
      ownerReferences: [{ kind: 'DaemonSet', name: 'speaker', controller: true }],
      managedFields: managedFields('kubelet'),
    },
    spec: { nodeName: nodeName(index), containers: [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

function nodeName(index: number): string {
  return `worker-${String(index).padStart(4, '0')}.example.com`
}

function managedFields(manager: string): object[] {
  const fields = Object.fromEntries(count(12, (field) => [`f:field-${field}`, { '.': {}, 'f:value': {} }]))
  return [
    {
      manager,
      operation: 'Update',
      apiVersion: 'v1',
      time: AT,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': fields },
    },
  ]
}
