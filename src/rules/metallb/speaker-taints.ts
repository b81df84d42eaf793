import { type Taint, untolerated } from '../../cluster/announcers/daemonset-nodes.js'
import type { MetalLbInstall } from '../../cluster/announcers/metallb/install.js'
import { objectName } from '../../cluster/key.js'
import type { ClusterNode } from '../../cluster/model.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import type { Evidence, Fix } from '../define.js'
import { sh } from '../shell.js'

/** Taints that keep speakers off nodes where one is wanted. */
export interface SpeakerTaints {
  /** `DaemonSet/metallb-system/speaker`. */
  readonly object: string
  readonly taints: readonly Taint[]
  readonly nodes: readonly string[]
  /** The DaemonSet has a list of tolerations that one can be added to. */
  readonly hasTolerations: boolean
}

/** Null where none of these nodes has a taint that the speakers do not tolerate. */
export function speakerTaints(install: MetalLbInstall, nodes: readonly ClusterNode[]): SpeakerTaints | null {
  const barred = nodes.map((node) => ({ node, taints: untolerated(install.speaker, node) }))
  const tainted = barred.filter(({ taints }) => taints.length > 0)
  if (tainted.length === 0) return null
  const all = tainted.flatMap(({ taints }) => taints)
  return {
    object: install.object,
    taints: [...new Map(all.map((taint) => [taintText(taint), taint])).values()],
    nodes: tainted.map(({ node }) => node.name),
    hasTolerations: install.speaker.tolerations.length > 0,
  }
}

/** `dedicated=lb:NoSchedule`, as kubectl writes it. */
function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`
}

export function describeTaints({ taints, nodes }: SpeakerTaints): string {
  return `the speakers do not tolerate ${listed(taints.map(taintText))} of ${listed(nodes)}`
}

export function taintEvidence(found: SpeakerTaints, nodes: readonly ClusterNode[]): readonly Evidence[] {
  const tainted = nodes.filter(({ name }) => found.nodes.includes(name)).slice(0, 5)
  return tainted.map(({ name, taints }) =>
    objectEvidence(`Node/${name}`, '.spec.taints', taints.map(taintText).join(', ')),
  )
}

/** A toleration for the speakers; the pods of the Service already run where they should. */
export function tolerate(ip: string, { object, taints, nodes, hasTolerations }: SpeakerTaints): Fix {
  const { namespace, name } = objectName(object)
  const wanted = taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect }))
  const path = '/spec/template/spec/tolerations'
  const patch = hasTolerations
    ? wanted.map((value) => ({ op: 'add', path: `${path}/-`, value }))
    : [{ op: 'add', path, value: wanted }]
  return {
    summary: `Let the speakers tolerate the taint ${listed(taints.map(taintText))}, so that they run on ${listed(nodes)}`,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: 'Add the toleration to the DaemonSet (with Helm: speaker.tolerations in its values; an operator: in its MetalLB object)',
        run: sh`kubectl -n ${namespace} patch daemonset ${name} --type=json -p ${JSON.stringify(patch)}`,
      },
    ],
    sideEffects: ['The speakers restart one by one: their addresses are announced again and may move.'],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: sh`kubectl -n ${namespace} rollout undo daemonset/${name}`,
  }
}
