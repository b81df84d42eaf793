import { peopleOf } from '../../cluster/announcers/people.js'
import { objectName } from '../../cluster/key.js'
import type { Charge } from '../../facts/answers/charge.js'
import type { Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { part, type ShellPart, sh } from '../shell.js'

/** What an announcer is called, and where its pod on a node is found. */
export interface AnnouncerAt {
  readonly announcer: string
  readonly title: string
  readonly node: string
  /** `DaemonSet/metallb-system/speaker`, `ConfigMap/kube-system/cilium-config`. */
  readonly object: string
  /** `Lease/kube-system/…` or the election. */
  readonly detail: string
  readonly from: string
}

export function announcerAt({ announcer, title, because: { node, detail, from }, object }: Charge): AnnouncerAt {
  return { announcer, title, node, object, detail, from }
}

/** `pod/speaker-x7k2p`: its pods on the node. A DaemonSet adds one word to its name, so that `cilium-operator-…` is not meant. */
function podsOn({ announcer, node, object }: AnnouncerAt): ShellPart {
  const { kind, namespace, name } = objectName(object)
  const { pods, ofDaemonSet } = peopleOf(announcer)
  const pattern =
    kind === 'DaemonSet' || ofDaemonSet ? `^pod/${kind === 'DaemonSet' ? name : pods}-[a-z0-9]+$` : `^pod/${pods}`
  return part`kubectl get pods -n ${namespace} -o name --field-selector spec.nodeName=${node} | grep -E ${pattern}`
}

/** Looks first, then restarts the one agent that should answer; its address moves meanwhile, if another node may take it. */
export function restartAgent(at: AnnouncerAt, ip: string): Fix {
  const { namespace } = objectName(at.object)
  return {
    summary: `Restart the ${peopleOf(at.announcer).agent} on ${at.node}`,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      { kind: 'look', text: `Which pod is it, and what does it say of ${ip}?`, run: sh`${podsOn(at)}` },
      {
        kind: 'look',
        text: 'Its log: errors, a lost connection to the API, an interface that it does not use',
        run: sh`${podsOn(at)} | xargs -r -n 1 kubectl -n ${namespace} logs --since=1h | grep -F ${ip}`,
      },
      {
        kind: 'restart',
        text: 'Delete the pod; its DaemonSet starts another one (a static pod: stop its container with crictl)',
        run: sh`${podsOn(at)} | xargs -r kubectl -n ${namespace} delete`,
      },
    ],
    sideEffects: [
      `All addresses that ${at.node} announces are silent, or move to another node, until the new pod runs.`,
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'No changes to undo: a restart keeps the configuration.',
  }
}

/** Which version it takes is in the announcer's own notes, so the step names none that was not read. */
export function upgradeAnnouncer({ title, object }: AnnouncerAt, ip: string): Fix {
  return {
    summary: `Give the Service of ${ip} an IPv4 address, or upgrade ${title} to a version that announces IPv6`,
    risk: 'none',
    where: 'cluster',
    steps: [
      {
        kind: 'look',
        text: `Which version of ${title} runs? (${object}) Its release notes say from which one on it announces IPv6`,
        run: sh`kubectl get daemonsets,deployments -A -o wide`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}
