import { stringify } from 'yaml'

/** The alerts on what a watch exports: one list, of which the rule file of Prometheus and the object of its operator are made. */

export interface Alert {
  readonly alert: string
  readonly expr: string
  /** As Prometheus writes times; null: each value was judged over a whole window already. */
  readonly holds: string | null
  readonly severity: 'critical' | 'warning'
  /** The rule whose page says what to do; null: none is about it. */
  readonly rule: string | null
  readonly summary: string
  readonly description: string
}

const OF_SERVICE = '{{ with $labels.service }} ({{ $labels.service_namespace }}/{{ . }}){{ end }}'
/** How much a counter has grown in that time, as a whole number: `increase` adds what it thinks lies before the first sample. */
const grown = (counter: string, within: string) => `${counter} - min_over_time(${counter}[${within}])`
/** Where the watch found this of the same address. */
const found = (rule: string) => `on (job, instance, vip) (l2doctor_vip_findings{rule="${rule}"} > 0)`

export const ALERTS: readonly Alert[] = [
  {
    alert: 'L2VipDuplicateResponders',
    expr: `l2doctor_vip_responders > 1 and ${found('wire/duplicate-responders')}`,
    holds: null,
    severity: 'critical',
    rule: 'wire/duplicate-responders',
    summary: `{{ $value }} machines answer for {{ $labels.vip }}${OF_SERVICE}`,
    description: 'Clients end up on different machines. The page of the watch names them.',
  },
  {
    alert: 'L2VipSilent',
    expr: 'l2doctor_vip_responders == 0',
    holds: null,
    severity: 'critical',
    rule: 'wire/no-answer',
    summary: `nobody answers for {{ $labels.vip }}${OF_SERVICE}`,
    description:
      'Requests of a whole window had no answer: new clients on the segment, the router among them, do not reach the address.',
  },
  {
    alert: 'L2VipWrongNode',
    // as long as two windows show it: of the first one the right machine may have had a part
    expr: 'l2doctor_vip_expected_answers == 0 and max_over_time(l2doctor_vip_expected_answers[1m]) == 0 and l2doctor_vip_responders == 1',
    holds: null,
    severity: 'critical',
    rule: 'wire/unexpected-responder',
    summary: `the wrong machine answers for {{ $labels.vip }}${OF_SERVICE}`,
    description: 'One machine answers, and it is none of those that should.',
  },
  {
    alert: 'L2VipFlapping',
    expr: `${grown('l2doctor_vip_moves_total', '10m')} > 2`,
    holds: null,
    severity: 'warning',
    rule: 'wire/flip-flop',
    summary: `{{ $labels.vip }}${OF_SERVICE} moves between machines`,
    description: 'It moved {{ $value | printf "%.0f" }} times in 10 minutes. Each move ends connections.',
  },
  {
    alert: 'L2LeaseHeldButSilent',
    expr: `l2doctor_vip_responders == 0 and ${found('announcer/silent-node')}`,
    holds: null,
    severity: 'critical',
    rule: 'announcer/silent-node',
    summary: `the node in charge of {{ $labels.vip }}${OF_SERVICE} does not answer`,
    description:
      'A lease or an election names a node for the address, so no other node takes over, and that node is silent.',
  },
  {
    alert: 'L2ServiceAddressChanged',
    expr: `${grown('l2doctor_service_address_changes_total', '15m')} > 0`,
    holds: null,
    severity: 'warning',
    rule: 'service/vip-changed',
    summary: 'the address of {{ $labels.service_namespace }}/{{ $labels.service }} has changed',
    description:
      'DNS records, firewalls and clients may still have the former address. It resolves by itself after 15 minutes.',
  },
  {
    alert: 'L2DoctorBlind',
    expr: 'l2doctor_vantage_up == 0 or up{job="l2doctor"} == 0 or max by (job, vip, family, service_namespace, service) (l2doctor_vip_moves_total unless on (vip) l2doctor_vip_responders unless on (vip) l2doctor_vip_verdict_due)',
    // who asks instead of a watch that is gone has begun by then
    holds: '1m',
    severity: 'warning',
    rule: null,
    summary:
      'nothing is known of {{ if $labels.vip }}{{ $labels.vip }}{{ else }}{{ with $labels.interface }}{{ . }} at {{ end }}{{ $labels.instance }}{{ end }}',
    description:
      'While this fires, silence of the other alerts says nothing. An interface that is down, a watch that does not run, or an address that no watch can judge: the log of the watch says why.',
  },
]

/** The pages of rules are served by the watch that found it: they are of its version, and need no network but its own. */
function runbook({ rule }: Alert): string {
  return rule === null
    ? '{{ with $labels.instance }}http://{{ . }}/{{ end }}'
    : `http://{{ $labels.instance }}/rules/${rule}`
}

function groups() {
  const rules = ALERTS.map((one) => ({
    alert: one.alert,
    expr: one.expr,
    ...(one.holds === null ? {} : { for: one.holds }),
    labels: { severity: one.severity },
    annotations: { summary: one.summary, description: one.description, runbook_url: runbook(one) },
  }))
  return { groups: [{ name: 'l2doctor', rules }] }
}

const yaml = (value: object) => stringify(value, { lineWidth: 0 })

/** deploy/watch/rules.yaml, for `rule_files` of Prometheus. */
export function rulesFile(): string {
  return `# Alerts on what \`l2doctor watch\` exports, scraped as job "l2doctor". Written by \`npm run docs\`.\n${yaml(groups())}`
}

/** The same as an object of the Prometheus operator. */
export function prometheusRule(): string {
  const name = { name: 'l2doctor-watch', namespace: 'l2doctor', labels: { 'app.kubernetes.io/name': 'l2doctor' } }
  const object = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: name, spec: groups() }
  return `# The alerts of ../rules.yaml for the Prometheus operator. Written by \`npm run docs\`.\n${yaml(object)}`
}
