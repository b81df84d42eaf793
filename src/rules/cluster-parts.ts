import type { AnnouncerView, VipAnswer } from '../cluster/announcers/announcer.js'
import { keyName, objectName } from '../cluster/key.js'
import type { Evidence, Fix } from './define.js'
import { part, type ShellCommand, type ShellPart, sh } from './shell.js'

/** What rules on cluster objects share: evidence, commands, and the answers of one announcer. */

export function objectEvidence(object: string, path: string, value: string): Evidence {
  return { kind: 'object', object, path, value }
}

export function answersOf(views: readonly AnnouncerView[], announcer: string): readonly VipAnswer[] {
  return views.find(({ name }) => name === announcer)?.answers ?? []
}

/** Every node is ruled out. An election that somebody won had a candidate: listing thousands of them would say no more. */
export function lacksCandidate(answer: VipAnswer): boolean {
  if (answer.expected.some(({ from }) => from === 'election')) return false
  const { candidates } = answer
  return candidates.length > 0 && !candidates.some(({ eligible }) => eligible)
}

/** `a, b, c and 4 more`: lists in messages stay short. */
export function listed(items: readonly string[], shown = 5): string {
  const rest = items.length - shown
  return rest > 0 ? `${items.slice(0, shown).join(', ')} and ${rest} more` : items.join(', ')
}

/** `kubectl -n metallb-system rollout restart daemonset/speaker` for `DaemonSet/metallb-system/speaker`. */
export function rolloutRestart(object: string): ShellCommand {
  const { kind, namespace, name } = objectName(object)
  return sh`kubectl -n ${namespace} rollout restart ${kind.toLowerCase()}/${name}`
}

/** `kubectl -n metallb-system edit ipaddresspool default` for `IPAddressPool/metallb-system/default`. */
export function editObject(object: string): ShellCommand {
  const { kind, namespace, name } = objectName(object)
  const word = kind.toLowerCase()
  return namespace === '' ? sh`kubectl edit ${word} ${name}` : sh`kubectl -n ${namespace} edit ${word} ${name}`
}

/** `namespace/name` for kubectl: `-n namespace name`. */
export function inNamespace(key: string): ShellPart {
  const { namespace, name } = keyName(key)
  return part`-n ${namespace} ${name}`
}

/** A fix in the cluster with one command. */
export function clusterFix(
  fix: Omit<Fix, 'where' | 'steps'> & { readonly text: string; readonly run: ShellCommand },
): Fix {
  const { text, run, ...rest } = fix
  return { ...rest, where: 'cluster', steps: [{ kind: 'persistent', text, run }] }
}
