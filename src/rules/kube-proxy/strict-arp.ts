import { objectName } from '../../cluster/key.js'
import type { Fix, FixStep } from '../fix.js'
import { inTurn, type ShellCommand, sh } from '../shell.js'

/** The fix for addresses of kube-ipvs0 that every node answers for. `object`: the ConfigMap of kube-proxy, if it was read. */
export function strictArp(verify: string, object: string | null = null): Fix {
  const { namespace, name } = objectName(object ?? 'ConfigMap/kube-system/kube-proxy')
  const replace = (from: boolean) =>
    sh`kubectl -n ${namespace} get configmap ${name} -o yaml | sed -e ${`s/strictARP: ${from}/strictARP: ${!from}/`} | kubectl apply -f -`
  const restart = sh`kubectl -n ${namespace} rollout restart daemonset/kube-proxy`
  return {
    summary: 'Let kube-proxy keep every node silent about the addresses of kube-ipvs0: strictARP',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      setStep(`ConfigMap/${namespace}/${name}`, replace(false), object !== null),
      { kind: 'restart', text: 'Restart kube-proxy so that it takes effect', run: restart },
      ...(object === null ? [OTHERWISE] : []),
    ],
    sideEffects: STRICT_ARP_EFFECTS,
    verify,
    undo: inTurn([replace(true), restart]),
  }
}

/** What it costs, however it is set. */
export const STRICT_ARP_EFFECTS = [
  'arp_ignore=1 and arp_announce=2 then hold on every NIC: addresses announced from lo or another NIC stop answering.',
]

const OTHERWISE: FixStep = {
  kind: 'persistent',
  text: 'k3s, RKE2, k0s: pass --ipvs-strict-arp=true as a kube-proxy argument instead',
}

function setStep(object: string, run: ShellCommand, isRead: boolean): FixStep {
  return {
    kind: 'persistent',
    text: isRead
      ? 'Set ipvs.strictARP (add it where the line is missing)'
      : 'kubeadm clusters: the ConfigMap of kube-proxy',
    run,
    change: { kind: 'field', object, key: '.data["config.conf"] ipvs.strictARP', value: true, was: false },
  }
}
