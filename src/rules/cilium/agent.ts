import type { ConfigMap } from '../../cluster/model.js'
import { objectEvidence } from '../cluster-parts.js'
import type { Evidence, Fix } from '../define.js'
import { sh } from '../shell.js'

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

/** `helm upgrade` of the agent with some values changed; the release and chart names are Cilium's documented ones. */
export function ciliumUpgrade(
  config: Pick<ConfigMap, 'namespace'>,
  fix: Omit<Fix, 'where' | 'steps' | 'risk'>,
  values: readonly string[],
): Fix {
  const { namespace } = config
  return {
    ...fix,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: 'Change the Helm release (its name is usually cilium)',
        run: sh`helm upgrade cilium cilium/cilium -n ${namespace} --reuse-values ${values.flatMap((value) => ['--set', value])}`,
      },
      {
        kind: 'runtime',
        text: 'Restart the agents',
        run: sh`kubectl -n ${namespace} rollout restart daemonset/cilium`,
      },
    ],
  }
}
