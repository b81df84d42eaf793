import { metalLbInstalls } from '../../cluster/announcers/metallb/install.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { holdsFor } from '../../cluster/announcers/version.js'
import { keyName } from '../../cluster/key.js'
import type { Binding } from '../../facts/baseline.js'
import { sameAddresses } from '../../facts/history.js'
import { valueOr } from '../../known.js'
import { certain } from '../certainty.js'
import { inNamespace, listed } from '../cluster-parts.js'
import { defineRule, type Evidence, type Severity } from '../define.js'
import { sh } from '../shell.js'
import { serviceSubject } from '../subject.js'

type Change = 'new' | 'vanished' | 'changed' | 'moved'

interface VipChange {
  readonly service: string
  readonly change: Change
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly previousAt: string
  /** Until when it was as before, where a history tells. */
  readonly until?: string
  /** It was so at this time, and no longer at `until`; absent: it was seen all the while. */
  readonly unseenFrom?: string
  /** MetalLB 0.14.9 reassigns addresses of PreferDualStack Services by itself. */
  readonly metallb0149: boolean
}

const SEVERITY: Record<Change, Severity> = { new: 'info', moved: 'info', vanished: 'warning', changed: 'warning' }

export const vipChanged = defineRule({
  id: 'service/vip-changed',
  title: 'The address of a Service, or its announcer, has changed since the last run',
  severity: 'warning',
  needs: ['baseline', 'cluster'],
  docs: {
    what: 'Compared with the baseline of the last run, or with what `l2doctor watch --history` wrote, a Service has another address, has lost it, has a new one, or the same address is announced by another node.',
    why: 'Clients, DNS and firewalls hold on to the old address. A moved announcer is normal after a node went down, and worth knowing when connections broke at that time.',
    confirm: '`kubectl describe service NAME`: the events IPAllocated, ClearAssignment and nodeAssigned tell when.',
    falseAlarms:
      'Every deliberate change. The baseline is written again at each run, so each change is reported once; by the history of a watch it is reported for 7 days.',
    references: ['metallb/metallb#2723', 'metallb/metallb#2726', 'metallb/metallb#2443'],
  },
  *check({ baseline, cluster }) {
    const { previousAt, previous, current } = baseline
    const metallb0149 = metalLbInstalls(valueOr(cluster.workloads, [])).some(
      ({ version }) => holdsFor(version, METALLB.reassignsPreferDualStack) === true,
    )
    const before = new Map(previous.map((binding) => [binding.service, binding]))
    const after = new Map(current.map((binding) => [binding.service, binding]))
    for (const service of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const compared = compare(before.get(service), after.get(service))
      if (!compared) continue
      const { until, unseenFrom } = before.get(service) ?? {}
      const data = {
        service,
        ...compared,
        previousAt,
        ...(until === undefined ? {} : { until }),
        ...(unseenFrom === undefined ? {} : { unseenFrom }),
        metallb0149: metallb0149 && compared.change === 'changed',
      }
      yield {
        subject: serviceSubject(keyName(service)),
        ...certain('the Service was read in both runs'),
        severity: SEVERITY[compared.change],
        data,
        evidence: evidenceOf(data),
      }
    }
  },
  message: (data) => `${data.service} ${describe(data)}`,
  fixes: ({ service, change, before, metallb0149 }) =>
    change === 'new' || change === 'moved'
      ? []
      : [
          {
            summary: `Pin the address that ${service} should have`,
            risk: 'disruptive',
            where: 'cluster',
            steps: [
              {
                kind: 'persistent',
                text: 'With MetalLB',
                run: sh`kubectl annotate --overwrite service ${inNamespace(service)} metallb.io/loadBalancerIPs=${before.join(',')}`,
              },
              ...(metallb0149
                ? [
                    {
                      kind: 'persistent' as const,
                      text: 'Upgrade MetalLB to 0.15.0 or later: 0.14.9 reassigns addresses of PreferDualStack Services by itself',
                    },
                  ]
                : []),
            ],
            sideEffects: ['If another Service has the address by now, this one gets none.'],
            verify: sh`kubectl get service ${inNamespace(service)}`,
            undo: sh`kubectl annotate service ${inNamespace(service)} metallb.io/loadBalancerIPs-`,
          },
        ],
})

type Compared = Pick<VipChange, 'change' | 'before' | 'after'>

/** Addresses first; only where they are the same do their nodes count. Null where nothing has changed. */
function compare(before: Binding | undefined, after: Binding | undefined): Compared | null {
  const [old, now] = [before?.ips ?? [], after?.ips ?? []]
  const change = { before: old, after: now }
  if (!sameAddresses(old, now)) {
    return { ...change, change: old.length === 0 ? 'new' : now.length === 0 ? 'vanished' : 'changed' }
  }
  const moved = now.filter((ip) => before?.nodes[ip] && after?.nodes[ip] && before.nodes[ip] !== after.nodes[ip])
  if (!before || !after || moved.length === 0) return null
  return {
    change: 'moved',
    before: moved.map((ip) => `${ip} on ${before.nodes[ip]}`),
    after: moved.map((ip) => `${ip} on ${after.nodes[ip]}`),
  }
}

function describe(data: VipChange): string {
  return data.until === undefined
    ? `${sinceLastRun(data)} (since ${data.previousAt})`
    : sinceThen(data, timeOf(data.until, data.unseenFrom))
}

function sinceLastRun({ change, before, after, metallb0149 }: VipChange): string {
  switch (change) {
    case 'new':
      return `now has ${listed(after)}`
    case 'vanished':
      return `no longer has ${listed(before)}`
    case 'moved':
      return `moved: ${listed(before)}, now ${listed(after)}`
    case 'changed':
      return `changed from ${listed(before)} to ${listed(after)}${reassigned(metallb0149)}`
  }
}

function timeOf(until: string, unseenFrom: string | undefined): string {
  return unseenFrom === undefined ? until : `some time between ${unseenFrom} and ${until}`
}

/** A watch wrote down when it changed, or between which times. */
function sinceThen({ change, before, after, metallb0149 }: VipChange, until: string): string {
  switch (change) {
    case 'new':
      return `has ${listed(after)} since ${until}`
    case 'vanished':
      return `had ${listed(before)} until ${until}, now none`
    case 'moved':
      return `moved: ${listed(before)} until ${until}, now ${listed(after)}`
    case 'changed':
      return `had ${listed(before)} until ${until}, now ${listed(after)}${reassigned(metallb0149)}`
  }
}

function reassigned(metallb0149: boolean): string {
  return metallb0149 ? '; MetalLB 0.14.9 is known to reassign addresses' : ''
}

function evidenceOf({ before, after, previousAt, until = previousAt, unseenFrom = until }: VipChange): Evidence[] {
  return [
    { kind: 'measure', name: `before (${unseenFrom})`, value: listed(before) || 'none' },
    { kind: 'measure', name: 'now', value: listed(after) || 'none' },
  ]
}
