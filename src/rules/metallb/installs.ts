import { type MetalLbInstall, metalLbInstalls } from '../../cluster/announcers/metallb/install.js'
import type { Workload } from '../../cluster/model-workloads.js'
import { type Confidence, certain, possible } from '../certainty.js'
import { type ShellCommand, sh } from '../shell.js'

/** The installation that rules judge; several MetalLBs in one cluster are judged by the first. */
export function theInstall(workloads: readonly Workload[]): MetalLbInstall | null {
  return metalLbInstalls(workloads)[0] ?? null
}

/** What follows from a version holds only where something tells it. */
export function versionCertainty({ version }: MetalLbInstall): Confidence {
  return version.exact
    ? certain(`MetalLB ${version.exact} does so, and the objects were read`)
    : possible('the version of MetalLB is unknown')
}

export interface HelmRelease {
  readonly name: string
  /** `VERSION` where nothing tells it: `helm list` does. */
  readonly version: string
}

/** The Helm release that owns it; null when it was not installed by Helm. */
export function helmRelease({ speaker: { labels }, version }: MetalLbInstall): HelmRelease | null {
  const name = labels['app.kubernetes.io/instance']
  if (labels['app.kubernetes.io/managed-by'] !== 'Helm' || name === undefined) return null
  return { name, version: version.exact ?? 'VERSION' }
}

/**
 * `helm upgrade` that changes one value and keeps the rest, the version too: without it Helm installs the newest chart. The
 * chart's versions are MetalLB's.
 */
export function helmUpgrade({ name, version }: HelmRelease, namespace: string, value: string): ShellCommand {
  return sh`helm upgrade ${name} metallb/metallb -n ${namespace} --version ${version} --reuse-values --set ${value}`
}
