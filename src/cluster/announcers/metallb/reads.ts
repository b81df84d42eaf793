import { parse, stringify } from 'yaml'
import type { Reads } from '../../reads.js'
import { METALLB_KINDS } from './kinds.js'

/** What is read of a cluster for MetalLB's sake. */
export const METALLB_READS = {
  kinds: METALLB_KINDS,
  images: ['metallb'],
  pods: true,
  labels: { 'app.kubernetes.io/name': ['metallb'], app: ['metallb'] },
  // versions before 0.13: the names of its manifests, its operator and its charts
  configMaps: Object.fromEntries(
    ['config', 'metallb-config', 'metallb'].map((name) => [name, { keys: /^config$/, only: poolsOnly }]),
  ),
  events: ['nodeAssigned', 'announceFailed', 'IPAllocated', 'ClearAssignment', 'AllocationFailed'].map((reason) => ({
    reason,
  })),
  variables: [
    'METALLB_NODE_NAME',
    'METALLB_DEPLOYMENT',
    'METALLB_ML_BIND_ADDR',
    'METALLB_ML_BIND_PORT',
    'METALLB_ML_LABELS',
    'METALLB_ML_SECRET_KEY',
    'METALLB_ML_SECRET_KEY_PATH',
  ],
  flags: ['config', 'lb-class', 'ml-bindaddr', 'ml-bindport', 'ml-labels'],
  switches: ['ignore-exclude-lb'],
  annotations: ['metallb.io', 'metallb.universe.tf'],
  wanted: ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs'],
  words: `metallb speaker memberlist frr frrk8s universe metallb-system addresspool loadbalancerips layer2 address-pool autoassign
    nodeassigned announcefailed ipallocated clearassignment allocationfailed loadbalancerfailed deprecatedannotation
    sharedipwithserviceselector excludel2 announcing announcing-node
    metallb_node_name metallb_host metallb_deployment metallb_ml_bind_addr metallb_ml_bind_port metallb_ml_labels
    metallb_ml_namespace metallb_ml_secret_key metallb_ml_secret_key_path ml_secret_key_path ml bindaddr bindport`,
} as const satisfies Reads

/** Peers and communities of BGP are nobody's business. */
function poolsOnly(text: string): string {
  const pools = listIn(text).map(({ name, protocol, addresses }) => ({ name, protocol, addresses }))
  return stringify({ 'address-pools': pools })
}

function listIn(text: string): readonly Record<string, unknown>[] {
  try {
    const pools = (parse(text) as Record<string, unknown> | null)?.['address-pools']
    return Array.isArray(pools) ? pools.filter((pool) => typeof pool === 'object' && pool !== null) : []
  } catch {
    return []
  }
}
