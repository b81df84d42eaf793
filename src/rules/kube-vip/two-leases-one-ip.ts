import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { groupBy } from '../../cluster/group-by.js'
import { certain, possible } from '../certainty.js'
import { objectStep, objectUndo } from '../changes/object-fix.js'
import { answersOf, objectEvidence } from '../cluster-parts.js'
import { defineRule, type FixStep } from '../define.js'
import type { ObjectChange } from '../fix.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface TwoLeases {
  readonly ip: string
  readonly leases: readonly { readonly lease: string; readonly holder: string; readonly service: string | null }[]
  /** The leases are held by different nodes now. */
  readonly apart: boolean
}

export const twoLeasesOneIp = defineRule({
  id: 'kube-vip/two-leases-one-ip',
  title: 'Two kube-vip leases decide over one address',
  severity: 'error',
  needs: ['announcers'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop'],
  docs: {
    what: 'One address belongs to several Services with an election each (svc_election), or to a Service and the control plane, and so to several leases.',
    why: 'Each lease may be held by another node, and each holder has the address: two machines answer.',
    confirm: '`kubectl get leases -A | grep -E "plndr|kubevip"`: compare the holders.',
    falseAlarms: 'While one node holds all of the leases nothing is wrong on the wire; that is reported as a warning.',
    references: [
      'kube-vip/kube-vip#879',
      'kube-vip/kube-vip#947',
      'kube-vip/kube-vip#1479',
      'kube-vip/kube-vip pkg/lease',
    ],
  },
  *check({ announcers }) {
    for (const [ip, answers] of groupBy(answersOf(announcers, 'kube-vip'), ({ ip }) => ip)) {
      const leases = distinctLeases(answers)
      if (leases.length < 2) continue
      const apart = new Set(leases.map(({ holder }) => holder)).size > 1
      yield {
        subject: ipSubject(ip),
        ...(apart
          ? certain('both leases were read, and they name different nodes')
          : possible('one node holds the leases now')),
        severity: apart ? 'error' : 'warning',
        data: { ip, leases, apart },
        evidence: leases.map(({ lease, holder }) => objectEvidence(lease, '.spec.holderIdentity', holder)),
      }
    }
  },
  message: ({ ip, leases, apart }: TwoLeases) =>
    `${leases.length} leases decide over ${ip}: ${leases.map(({ lease, holder }) => `${lease} held by ${holder}`).join(', ')}${apart ? '' : '; they may part at any failover'}`,
  fixes: ({ ip, leases }) => [
    {
      summary: 'Let the Services share one lease, or give them addresses of their own',
      risk: 'disruptive',
      where: 'cluster',
      steps: leases.map(
        ({ service }): FixStep =>
          service === null
            ? { kind: 'persistent', text: `Give Services another address than the control plane's ${ip}` }
            : objectStep(
                leaseAnnotation(service, ip),
                'One lease name for all of them (externalTrafficPolicy Cluster only)',
              ),
      ),
      sideEffects: ['The address may move to another node.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: objectUndo(leases.flatMap(({ service }) => (service ? [leaseAnnotation(service, ip)] : []))),
    },
  ],
})

function leaseAnnotation(service: string, ip: string): ObjectChange {
  return {
    kind: 'annotation',
    object: `Service/${service}`,
    key: 'kube-vip.io/leaseName',
    value: leaseName(ip),
    was: null,
  }
}

function distinctLeases(answers: readonly VipAnswer[]): TwoLeases['leases'] {
  const held = answers.flatMap(({ service, expected }) =>
    expected.flatMap(({ from, detail, node }) => (from === 'lease' ? [{ lease: detail, holder: node, service }] : [])),
  )
  return [...groupBy(held, ({ lease }) => lease).values()].map((group) => group[0]!)
}

function leaseName(ip: string): string {
  return `kubevip-${ip.replaceAll(/[.:]/g, '-')}`
}
