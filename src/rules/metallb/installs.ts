import { type MetalLbInstall, metalLbInstalls } from '../../cluster/announcers/metallb-install.js'
import type { Workload } from '../../cluster/model-workloads.js'
import type { Certainty } from '../define.js'
import { type ShellCommand, sh } from '../shell.js'

/** The installation that rules judge; several MetalLBs in one cluster are judged by the first. */
export function theInstall(workloads: readonly Workload[]): MetalLbInstall | null {
  return metalLbInstalls(workloads)[0] ?? null
}

/** What follows from a version that nothing tells is only likely. */
export function versionCertainty({ version }: MetalLbInstall): Certainty {
  return version.exact ? 'certain' : 'likely'
}

/** The Helm release that owns it; null when it was not installed by Helm. */
export function helmRelease({ speaker: { labels } }: MetalLbInstall): string | null {
  return labels['app.kubernetes.io/managed-by'] === 'Helm' ? (labels['app.kubernetes.io/instance'] ?? null) : null
}

/** `helm upgrade` that changes one value and keeps the rest. */
export function helmUpgrade(release: string, namespace: string, value: string): ShellCommand {
  return sh`helm upgrade ${release} metallb/metallb -n ${namespace} --reuse-values --set ${value}`
}
