import { type ClusterKind, CONFIG_MAP_NAMES, EVENT_REASONS, type ItemOf } from './model.js'
import {
  normaliseAddressPool,
  normaliseBgpAdvertisement,
  normaliseConfigurationState,
  normaliseIpAddressPool,
  normaliseL2Advertisement,
  normaliseServiceL2Status,
} from './normalise/metallb.js'
import { normaliseNode } from './normalise/node.js'
import { NODE_LEASES, normaliseConfigMap, normaliseEvent, normaliseLease } from './normalise/objects.js'
import {
  normaliseCiliumL2Policy,
  normaliseCiliumPool,
  normaliseOpenElbEip,
  normalisePureLbNodeAgent,
  normalisePureLbServiceGroup,
} from './normalise/others.js'
import type { Raw } from './normalise/raw.js'
import { normaliseEndpointSlice, normaliseService } from './normalise/service.js'
import { normalisePod, normaliseWorkload } from './normalise/workload.js'

/** One API resource that a kind of ours is read from. */
export interface Resource {
  readonly group: string
  /** Served versions to try in turn; one that is not there answers 404. */
  readonly versions: readonly string[]
  readonly plural: string
  /** The `kind` of its objects in manifests. */
  readonly kind: string
  /** A custom resource: not being there is normal and means "none". */
  readonly custom: boolean
  /** One list request each, cluster-wide; their answers are joined. */
  readonly queries: readonly Query[]
}

export interface Query {
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface KindSpec<T> {
  readonly resources: readonly Resource[]
  /** Null for objects that are not ours to keep. `kind` is the object's own. */
  normalise(object: Raw, kind: string): T | null
}

export type KindTable = { readonly [K in ClusterKind]: KindSpec<ItemOf<K>> }

const EVERYTHING: readonly Query[] = [{}]

/** Labels by which the announcers' own manifests and charts mark their pods; a bare static pod has none. */
const ANNOUNCER_LABELS: readonly Query[] = [
  { labelSelector: 'app.kubernetes.io/name in (metallb,kube-vip,kube-vip-ds,kube-vip-cloud-provider,openelb,purelb)' },
  { labelSelector: 'app in (metallb,kube-vip,kube-vip-ds,kube-vip-cloud-provider,openelb,porter,purelb,keepalived)' },
  { labelSelector: 'name in (kube-vip,kube-vip-ds)' },
]
/** k3s servicelb marks its pods with the Service they stand for. */
const SERVICELB_PODS: Query = { labelSelector: 'svccontroller.k3s.cattle.io/svcname' }
/** Operators and control parts of CNIs, which are Deployments. */
const CNI_DEPLOYMENTS: readonly Query[] = [
  { labelSelector: 'k8s-app in (tigera-operator,calico-kube-controllers)' },
  { labelSelector: 'name in (cilium-operator,tigera-operator)' },
]

export const KINDS: KindTable = {
  nodes: { resources: [core('nodes', 'Node')], normalise: normaliseNode },
  services: { resources: [core('services', 'Service')], normalise: normaliseService },
  endpointSlices: {
    resources: [builtin('discovery.k8s.io', 'endpointslices', 'EndpointSlice')],
    normalise: normaliseEndpointSlice,
  },
  leases: {
    resources: [
      builtin('coordination.k8s.io', 'leases', 'Lease', [{ fieldSelector: `metadata.namespace!=${NODE_LEASES}` }]),
    ],
    normalise: normaliseLease,
  },
  events: {
    resources: [
      core(
        'events',
        'Event',
        EVENT_REASONS.map((reason) => ({ fieldSelector: `reason=${reason}` })),
      ),
    ],
    normalise: normaliseEvent,
  },
  workloads: {
    resources: [
      builtin('apps', 'daemonsets', 'DaemonSet'),
      builtin('apps', 'deployments', 'Deployment', [...ANNOUNCER_LABELS, ...CNI_DEPLOYMENTS]),
    ],
    normalise: (object, kind) => normaliseWorkload(object, kind === 'Deployment' ? 'Deployment' : 'DaemonSet'),
  },
  pods: { resources: [core('pods', 'Pod', [...ANNOUNCER_LABELS, SERVICELB_PODS])], normalise: normalisePod },
  configMaps: {
    resources: [
      core(
        'configmaps',
        'ConfigMap',
        CONFIG_MAP_NAMES.map((name) => ({ fieldSelector: `metadata.name=${name}` })),
      ),
    ],
    normalise: normaliseConfigMap,
  },
  ipAddressPools: { resources: [metallb('ipaddresspools', 'IPAddressPool')], normalise: normaliseIpAddressPool },
  addressPools: {
    resources: [custom('metallb.io', ['v1beta1', 'v1alpha1'], 'addresspools', 'AddressPool')],
    normalise: normaliseAddressPool,
  },
  l2Advertisements: {
    resources: [metallb('l2advertisements', 'L2Advertisement')],
    normalise: normaliseL2Advertisement,
  },
  bgpAdvertisements: {
    resources: [metallb('bgpadvertisements', 'BGPAdvertisement')],
    normalise: normaliseBgpAdvertisement,
  },
  serviceL2Statuses: {
    resources: [metallb('servicel2statuses', 'ServiceL2Status')],
    normalise: normaliseServiceL2Status,
  },
  configurationStates: {
    resources: [metallb('configurationstates', 'ConfigurationState')],
    normalise: normaliseConfigurationState,
  },
  ciliumL2Policies: {
    resources: [custom('cilium.io', ['v2alpha1'], 'ciliuml2announcementpolicies', 'CiliumL2AnnouncementPolicy')],
    normalise: normaliseCiliumL2Policy,
  },
  ciliumPools: {
    resources: [custom('cilium.io', ['v2', 'v2alpha1'], 'ciliumloadbalancerippools', 'CiliumLoadBalancerIPPool')],
    normalise: normaliseCiliumPool,
  },
  openElbEips: {
    resources: [custom('network.kubesphere.io', ['v1alpha2'], 'eips', 'Eip')],
    normalise: normaliseOpenElbEip,
  },
  pureLbServiceGroups: {
    resources: [custom('purelb.io', ['v1'], 'servicegroups', 'ServiceGroup')],
    normalise: normalisePureLbServiceGroup,
  },
  pureLbNodeAgents: {
    resources: [custom('purelb.io', ['v1'], 'lbnodeagents', 'LBNodeAgent')],
    normalise: normalisePureLbNodeAgent,
  },
}

export const CLUSTER_KINDS = Object.keys(KINDS) as readonly ClusterKind[]

/** `leases.coordination.k8s.io`, as `kubectl get` and RBAC messages name it. */
export function resourceName({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`
}

function core(plural: string, kind: string, queries = EVERYTHING): Resource {
  return builtin('', plural, kind, queries)
}

function builtin(group: string, plural: string, kind: string, queries = EVERYTHING): Resource {
  return { group, versions: ['v1'], plural, kind, custom: false, queries }
}

function custom(group: string, versions: readonly string[], plural: string, kind: string): Resource {
  return { group, versions, plural, kind, custom: true, queries: EVERYTHING }
}

function metallb(plural: string, kind: string): Resource {
  return custom('metallb.io', ['v1beta1'], plural, kind)
}
