import * as Flags from '@oclif/core/flags'
import { secondsFlag } from './durations.js'

const DEFAULT_TIMEOUT_S = 20

/** Where the cluster is read from. */
export const clusterFlags = {
  kubeconfig: Flags.string({ helpValue: 'FILE', description: 'kubeconfig to use', helpGroup: 'CLUSTER' }),
  context: Flags.string({ helpValue: 'NAME', description: 'kubeconfig context to use', helpGroup: 'CLUSTER' }),
  'kube-timeout': secondsFlag({
    default: DEFAULT_TIMEOUT_S,
    description: 'longest wait for one answer of the API server',
    helpGroup: 'CLUSTER',
  }),
  'cluster-from': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE|-',
    description: 'read `kubectl get … -o yaml` output or a saved snapshot instead of an API server; repeatable',
    helpGroup: 'CLUSTER',
  }),
}

/** Whose MACs are whose, from what the operator has. */
export const attributionFlags = {
  'nodes-from': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PATH',
    description:
      'files or directories that audit-node --save wrote: they name the MACs; diagnose reads the hosts from them; repeatable',
    helpGroup: 'CLUSTER',
  }),
  'mac-map': Flags.string({
    helpValue: 'FILE',
    description: 'lines of `NODE MAC [INTERFACE]`: name the MACs by them',
    helpGroup: 'CLUSTER',
  }),
  mac: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NODE=MAC',
    description: 'name one MAC; repeatable',
    helpGroup: 'CLUSTER',
  }),
}

export interface ClusterFlagValues {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly 'kube-timeout': number
  readonly 'cluster-from'?: readonly string[] | undefined
}

export interface AttributionFlagValues {
  readonly 'nodes-from'?: readonly string[] | undefined
  readonly 'mac-map'?: string | undefined
  readonly mac?: readonly string[] | undefined
}
