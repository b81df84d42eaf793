import { CONFIG_MAPS, DEPLOYMENT_SELECTORS, EVENTS, POD_SELECTORS } from './all-reads.js'
import { announcers } from './announcers/registry.js'
import { builtin, core, type KindSpec, type OwnKindSpec, resourceName } from './kind-spec.js'
import type { ClusterKind, ItemOf } from './model.js'
import { normaliseNode } from './normalise/node.js'
import { NODE_LEASES, normaliseConfigMap, normaliseEvent, normaliseLease } from './normalise/objects.js'
import { normaliseEndpointSlice, normaliseService } from './normalise/service.js'
import { normalisePod, normaliseWorkload } from './normalise/workload.js'

/** Every kind of object that is read: those of Kubernetes here, those of an announcer beside it. */

const CORE_KINDS = {
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
        EVENTS.map(({ reason, of }) => ({
          fieldSelector: `reason=${reason}${of ? `,involvedObject.kind=${of}` : ''}`,
        })),
      ),
    ],
    normalise: normaliseEvent,
  },
  workloads: {
    resources: [
      builtin('apps', 'daemonsets', 'DaemonSet'),
      builtin(
        'apps',
        'deployments',
        'Deployment',
        DEPLOYMENT_SELECTORS.map((labelSelector) => ({ labelSelector })),
      ),
    ],
    normalise: (object, kind) => normaliseWorkload(object, kind === 'Deployment' ? 'Deployment' : 'DaemonSet'),
  },
  pods: {
    resources: [
      core(
        'pods',
        'Pod',
        POD_SELECTORS.map((labelSelector) => ({ labelSelector })),
      ),
    ],
    normalise: normalisePod,
  },
  configMaps: {
    resources: [
      core(
        'configmaps',
        'ConfigMap',
        [...CONFIG_MAPS.keys()].map((name) => ({ fieldSelector: `metadata.name=${name}` })),
      ),
    ],
    normalise: normaliseConfigMap,
  },
} satisfies { readonly [K in ClusterKind]?: KindSpec<ItemOf<K>> }

export type CoreKind = keyof typeof CORE_KINDS
/** The kinds that an announcer has of its own. */
export type OwnKind = Exclude<ClusterKind, CoreKind>

/** Whoever adds a kind to the snapshot and does not register its announcer sees here that it is missing. */
export const OWN_KINDS: { readonly [K in OwnKind]: OwnKindSpec<ItemOf<K>> } = merged(
  announcers.flatMap(({ reads }) => ('kinds' in reads ? [reads.kinds] : [])),
)

export const KINDS: { readonly [K in ClusterKind]: KindSpec<ItemOf<K>> } = { ...CORE_KINDS, ...OWN_KINDS }

type Together<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer All) => void ? All : never

function merged<T extends object>(parts: readonly T[]): Together<T> {
  return Object.assign({}, ...parts)
}

export const CLUSTER_KINDS = Object.keys(KINDS) as readonly ClusterKind[]

/** What a gap of a kind is about. */
export function nameOfKind(kind: ClusterKind): string {
  const [resource] = KINDS[kind].resources
  return resource ? resourceName(resource) : kind
}
