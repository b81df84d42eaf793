import { objectName } from '../../cluster/key.js'
import type { Fix, FixStep, Json, ObjectChange } from '../fix.js'
import { each, part, type ShellCommand, type ShellPart, sh } from '../shell.js'

/** Changes of Kubernetes objects; their command lines and the undo are made from them. */
export interface ObjectFix extends Omit<Fix, 'where' | 'steps' | 'undo'> {
  readonly changes: readonly ObjectChange[]
  /** What the change does, for the step; one for all, or by the object. */
  readonly text: string | ((object: string) => string)
  /** What to do besides. */
  readonly after?: readonly FixStep[]
}

/** A fix that changes objects: with kubectl, to last. */
export function objectFix({ changes, text, after = [], ...fix }: ObjectFix): Fix {
  const steps = changes.map((change) => objectStep(change, typeof text === 'string' ? text : text(change.object)))
  return { ...fix, where: 'cluster', steps: [...steps, ...after], undo: objectUndo(changes) }
}

export function objectStep(change: ObjectChange, text: string): FixStep {
  return { kind: 'persistent', text, run: objectCommand(change), change }
}

/** Each object as it was, the last one first. */
export function objectUndo(changes: readonly ObjectChange[]): ShellCommand {
  return each(
    [...changes].reverse().map((change) => objectCommand({ ...change, value: change.was, was: change.value })),
  )
}

export function objectCommand({ kind, object, key, value }: ObjectChange): ShellCommand {
  const named = nameOf(object)
  if (kind === 'field') return sh`kubectl patch ${named} --type=merge -p ${JSON.stringify(nested(key, value))}`
  const word = value === null ? `${key}-` : `${key}=${value}`
  const verb = kind === 'label' ? part`label` : part`annotate`
  return value === null ? sh`kubectl ${verb} ${named} ${word}` : sh`kubectl ${verb} --overwrite ${named} ${word}`
}

/** `Service/ns/name` → `service -n ns name`; `Node/name` → `node name`. */
function nameOf(object: string): ShellPart {
  const { kind, namespace, name } = objectName(object)
  const word = kind.toLowerCase()
  return namespace === '' ? part`${word} ${name}` : part`${word} -n ${namespace} ${name}`
}

/** `.spec.interfaces` → {"spec": {"interfaces": …}}. */
function nested(path: string, value: Json): Json {
  const keys = path.split('.').filter((key) => key !== '')
  return keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value)
}
