import type { KubeVipInstance } from '../../cluster/announcers/kube-vip-instances.js'
import { clusterSubject, ipSubject, objectEvidence } from '../cluster-parts.js'
import type { Certainty, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { arpInstances } from './instances.js'

type Role = 'control plane' | 'Services'

interface TwoInstances {
  readonly role: Role
  readonly address: string | null
  readonly instances: readonly { readonly object: string; readonly lease: string; readonly nodes: readonly string[] }[]
  /** Each elects by a lease of its own, so that both can lead at once. */
  readonly separateLeases: boolean
}

export const twoInstances = defineClusterRule({
  id: 'kube-vip/two-instances',
  title: 'Two kube-vip installations have the same task',
  severity: 'warning',
  kinds: ['workloads', 'pods'],
  needs: ['cluster'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop', 'storm/gratuitous'],
  docs: {
    what: 'kube-vip runs twice (static pods and a DaemonSet, or two DaemonSets) for the same control-plane address, or for the Services of the same class.',
    why: "With different lease names or namespaces each elects a leader of its own, and both bind the address. With the same lease two processes on one node still undo each other's work.",
    confirm: '`kubectl get pods -A -o wide | grep kube-vip` and `kubectl get leases -A | grep -E "plndr|kubevip"`.',
    falseAlarms:
      'One installation for the control plane and another for Services is the documented layout and is not reported. That both lead follows from the configuration and has not been observed here.',
    references: [
      'https://kube-vip.io/docs/installation/static/',
      'https://kube-vip.io/docs/installation/daemonset/',
      'kube-vip/kube-vip pkg/lease',
    ],
  },
  *checkCluster(_, { cluster }) {
    for (const [one, other] of pairs(arpInstances(cluster))) {
      for (const clash of clashes(one, other)) {
        yield {
          subject: clash.address ? ipSubject(clash.address) : clusterSubject(one.object),
          ...weigh(clash),
          data: clash,
          evidence: clash.instances.map(({ object, lease, nodes }) =>
            objectEvidence(object, `${clash.role}: lease`, `${lease} on ${nodes.join(', ') || 'no node'}`),
          ),
        }
      }
    }
  },
  message: ({ role, address, instances, separateLeases }: TwoInstances) =>
    `${instances.map(({ object }) => object).join(' and ')} both serve the ${role}${address ? ` at ${address}` : ''}${separateLeases ? `, each by its own lease (${instances.map(({ lease }) => lease).join(', ')})` : ', by the same lease'}`,
  fixes: ({ instances, address }) => [
    {
      summary: 'Keep one of them',
      risk: 'disruptive',
      where: 'cluster',
      steps: instances.map(({ object, nodes }) => ({
        kind: 'manual' as const,
        text: object.startsWith('Pod/')
          ? `Either take /etc/kubernetes/manifests/kube-vip.yaml away on ${nodes.join(', ')}`
          : `Or delete ${object}`,
        ...(object.startsWith('Pod/')
          ? {}
          : {
              run: sh`kubectl -n ${object.split('/')[1]} delete ${object.split('/')[0]?.toLowerCase()} ${object.split('/')[2]}`,
            }),
      })),
      sideEffects: ['The address is down until the remaining installation has taken it over.'],
      verify: address ? sh`l2doctor scan --vip ${address}` : 'l2doctor audit-cluster',
      undo: 'Install it again as before.',
    },
  ],
})

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other): [T, T] => [one, other]))
}

function clashes(one: KubeVipInstance, other: KubeVipInstance): readonly TwoInstances[] {
  const found: TwoInstances[] = []
  const [a, b] = [one.settings, other.settings]
  const sameAddress = a.address !== null && a.address === b.address
  if (a.controlPlane && b.controlPlane && sameAddress)
    found.push(clash('control plane', a.address, one, other, ({ settings }) => settings.controlPlaneLease))
  if (a.services && b.services && sharesServices(one, other))
    found.push(clash('Services', null, one, other, ({ settings }) => settings.servicesLease))
  // Two sets of static pods with one lease are one installation whose nodes differ in detail, an interface name perhaps.
  return found.filter(({ separateLeases }) => separateLeases || one.kind !== 'static' || other.kind !== 'static')
}

function clash(
  role: Role,
  address: string | null,
  one: KubeVipInstance,
  other: KubeVipInstance,
  leaseOf: (instance: KubeVipInstance) => string,
): TwoInstances {
  const instances = [one, other].map((instance) => ({
    object: instance.object,
    lease: `${instance.namespace}/${leaseOf(instance)}`,
    nodes: instance.nodes,
  }))
  return { role, address, instances, separateLeases: instances[0]?.lease !== instances[1]?.lease }
}

/** Both take Services without a class, or both ask for the same class. */
function sharesServices({ settings: a }: KubeVipInstance, { settings: b }: KubeVipInstance): boolean {
  return (!a.classOnly && !b.classOnly) || a.className === b.className
}

function weigh({ separateLeases }: TwoInstances): { severity: Severity; certainty: Certainty } {
  return separateLeases ? { severity: 'error', certainty: 'likely' } : { severity: 'warning', certainty: 'possible' }
}
