import { type PodRunner, podRunner } from '../cluster/pods/runner.js'
import type { ClusterFlagValues } from './cluster-flags.js'
import { connectTo } from './compose-cluster.js'
import { parseImage } from './vantage-flags.js'

/** Flags that pods on nodes depend on. */
export interface PodFlagValues extends ClusterFlagValues {
  readonly 'vantage-image'?: string | undefined
  readonly timeout: number
}

/** Pods of one run; nothing is connected before the first is to run. */
export function composePods(flags: PodFlagValues, namespaces: readonly string[]): PodRunner {
  const image = parseImage(flags['vantage-image'], 'pod:NODE')
  return podRunner(() => connectTo(flags), { image, namespaces, startMs: flags.timeout * 1000 })
}
