import type { ConfigMap } from '../../cluster/model.js'
import { objectEvidence } from '../cluster-parts.js'
import type { Evidence, Fix, FixStep } from '../define.js'
import { part, parts, type ShellCommand, ShellPart, sh } from '../shell.js'

export function configEvidence(config: ConfigMap, key: string): Evidence {
  return objectEvidence(`ConfigMap/${config.key}`, `.data["${key}"]`, config.data[key] ?? 'not set')
}

/** Go's durations as far as Cilium writes them (`5s`, `1m30s`, `500ms`), in seconds; null for anything else. */
export function durationSeconds(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return null
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS],
    0,
  )
}

const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const

/** Where the agents run, and their version, which a Helm chart of Cilium has as well; null when unknown. */
export interface CiliumAgent {
  readonly namespace: string
  readonly version: string | null
}

/** `helm upgrade` of the agent with some values changed; the release and chart names are Cilium's documented ones. */
export function ciliumUpgrade(
  { namespace, version }: CiliumAgent,
  fix: Omit<Fix, 'where' | 'steps' | 'risk'>,
  values: readonly string[],
): Fix {
  return {
    ...fix,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      helmUpgrade({ namespace, version }, sh`--reuse-values ${parts(values.map((value) => part`--set ${value}`))}`),
      {
        kind: 'restart',
        text: 'Restart the agents',
        run: sh`kubectl -n ${namespace} rollout restart daemonset/cilium`,
      },
    ],
  }
}

/** Without its version Helm would install the newest chart: then the line is not one to copy. */
function helmUpgrade({ namespace, version }: CiliumAgent, options: ShellCommand): FixStep {
  if (version === null) {
    const upgrade = sh`helm upgrade cilium cilium/cilium -n ${namespace} ${new ShellPart(options)}`
    const text = `Change the Helm release: ${upgrade}, and with --version the chart that \`helm list -n ${namespace}\` shows, or the newest one is installed`
    return { kind: 'persistent', text }
  }
  return {
    kind: 'persistent',
    text: 'Change the Helm release (its name is usually cilium) and stay with its version',
    run: sh`helm upgrade cilium cilium/cilium -n ${namespace} --version ${version} ${new ShellPart(options)}`,
  }
}
