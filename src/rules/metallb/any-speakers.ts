import { part, type ShellCommand, type ShellPart, sh } from '../shell.js'

/** Commands for MetalLB's speakers where the cluster was not read: they are found by their name, in whatever namespace. */

const NAMES = part`--no-headers -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name`

/** The logs of all speakers: as much of each as the option says, `--since=10m`, and what is made of them. */
export function speakerLogs(option: ShellPart, then: ShellPart): ShellCommand {
  return sh`kubectl get pods -A ${NAMES} | grep speaker | while read -r ns pod; do kubectl -n "$ns" logs ${option} "$pod"; done | ${then}`
}

/** The speaker of a node. */
export function speakerOn(node: string): ShellCommand {
  return sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep speaker`
}
