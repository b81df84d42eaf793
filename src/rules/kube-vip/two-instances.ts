import { controlPlaneAddresses, type KubeVipInstance, leaseKeys } from '../../cluster/announcers/kube-vip/instances.js'
import { isFresh } from '../../cluster/announcers/leases.js'
import { objectName } from '../../cluster/key.js'
import { valueOr } from '../../known.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { objectEvidence } from '../cluster-parts.js'
import type { Fix, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject, objectSubject } from '../subject.js'
import { arpInstances } from './instances.js'

type Role = 'control plane' | 'Services'

interface TwoInstances {
  readonly role: Role
  readonly address: string | null
  readonly instances: readonly { readonly object: string; readonly lease: string; readonly nodes: readonly string[] }[]
  /** Each elects by a lease of its own, so that both can lead at once. */
  readonly separateLeases: boolean
  /** False: the version decides in which namespace each of them elects. */
  readonly leasesKnown: boolean
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
    const { observedAt } = cluster
    const fresh = new Set(valueOr(cluster.leases, []).flatMap((one) => (isFresh(one, observedAt) ? [one.key] : [])))
    for (const [one, other] of pairs(arpInstances(cluster))) {
      for (const clash of clashes(one, other, fresh)) {
        yield {
          subject: clash.address ? ipSubject(clash.address) : objectSubject(one.object),
          ...weigh(clash),
          data: clash,
          evidence: clash.instances.map(({ object, lease, nodes }) =>
            objectEvidence(object, `${clash.role}: lease`, `${lease} on ${nodes.join(', ') || 'no node'}`),
          ),
        }
      }
    }
  },
  message: ({ role, address, instances, separateLeases, leasesKnown }: TwoInstances) =>
    `${instances.map(({ object }) => object).join(' and ')} both serve the ${role}${address ? ` at ${address}` : ''}${separateLeases ? `, each by its own lease (${instances.map(({ lease }) => lease).join(', ')})` : leasesKnown ? ', by the same lease' : ', perhaps by the same lease'}`,
  fixes: ({ instances, address }) => [keepOne(instances, address)],
})

/** Which of them is meant to stay is not known, so that the commands only look. */
function keepOne(instances: TwoInstances['instances'], address: string | null): Fix {
  return {
    summary: 'Keep one of them',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'look',
        text: 'Which of them is meant to stay? See where both run, and which leases are renewed',
        run: sh`kubectl get pods -A -o wide | grep kube-vip; kubectl get leases -A | grep -E 'plndr|kubevip'`,
      },
      ...instances.map(({ object, nodes }) => ({ kind: 'persistent' as const, text: removal(object, nodes) })),
    ],
    sideEffects: ['The address is down until the remaining installation has taken it over.'],
    verify: address ? sh`l2doctor scan --vip ${address}` : 'l2doctor audit-cluster',
    undo: 'Install it again as before.',
  }
}

function removal(object: string, nodes: readonly string[]): string {
  return objectName(object).kind === 'Pod'
    ? `If the static pods are not: take their file out of /etc/kubernetes/manifests on ${nodes.join(', ')}`
    : `If ${object} is not: keep a copy of it (kubectl get -o yaml), then delete it`
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other): [T, T] => [one, other]))
}

function clashes(one: KubeVipInstance, other: KubeVipInstance, fresh: ReadonlySet<string>): readonly TwoInstances[] {
  const found: TwoInstances[] = []
  const [a, b] = [one.settings, other.settings]
  const shared = controlPlaneAddresses(a).filter((ip) => controlPlaneAddresses(b).includes(ip))
  if (a.controlPlane && b.controlPlane)
    for (const address of shared) found.push(clash('control plane', address, one, other, fresh))
  if (a.services && b.services && sharesServices(one, other)) found.push(clash('Services', null, one, other, fresh))
  // Two sets of static pods with one lease are one installation whose nodes differ in detail, an interface name perhaps.
  return found.filter(({ separateLeases }) => separateLeases || one.kind !== 'static' || other.kind !== 'static')
}

function clash(
  role: Role,
  address: string | null,
  one: KubeVipInstance,
  other: KubeVipInstance,
  fresh: ReadonlySet<string>,
): TwoInstances {
  const [mine, theirs] = [leasesOf(one, role, fresh), leasesOf(other, role, fresh)]
  const instances = [
    { object: one.object, lease: mine[0] ?? '', nodes: one.nodes },
    { object: other.object, lease: theirs[0] ?? '', nodes: other.nodes },
  ]
  const mayBeOne = mine.some((key) => theirs.includes(key))
  const isKnown = !mayBeOne || (mine.length === 1 && theirs.length === 1)
  return { role, address, instances, separateLeases: !mayBeOne, leasesKnown: isKnown }
}

/** The one that is there, by preference one that somebody renews; else all that it may elect by. */
function leasesOf(instance: KubeVipInstance, role: Role, fresh: ReadonlySet<string>): readonly string[] {
  const keys = leaseKeys(instance, role)
  const there = keys.find((key) => fresh.has(key))
  return there === undefined ? keys : [there]
}

/** Both take Services without a class, or both ask for the same class. */
function sharesServices({ settings: a }: KubeVipInstance, { settings: b }: KubeVipInstance): boolean {
  return (!a.classOnly && !b.classOnly) || a.className === b.className
}

function weigh({ separateLeases, leasesKnown }: TwoInstances): { severity: Severity } & Confidence {
  if (!leasesKnown)
    return { severity: 'warning', ...possible('in which namespace each of them elects depends on its version') }
  return separateLeases
    ? { severity: 'error', ...likely('the settings of both were read; whether both lead now was not') }
    : { severity: 'warning', ...possible('one lease lets only one of them lead') }
}
