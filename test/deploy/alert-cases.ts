/**
 * For each alert a fault at which it fires, and what is like it and is none. Series as `promtool test rules` writes them, one value each
 * half minute. Windows are of a minute and end at full ones: what one shows is there from its end on.
 */
export interface AlertCase {
  readonly alert: string
  readonly what: string
  readonly series: Readonly<Record<string, string>>
  readonly at: string
  /** When the fault is made, or for the first time is what the alert is about; it fires within two windows of that. Null where it stays quiet. */
  readonly fault: string | null
  /** What it names where it fires: its labels, `severity` but. Null: it stays quiet. */
  readonly fires: readonly Readonly<Record<string, string>>[] | null
}

const WATCH = { job: 'l2doctor', instance: '10.0.0.11:9797' }
const VIP = { ...WATCH, vip: '10.0.0.240', family: 'ipv4', service_namespace: 'shop', service: 'web' }
const { instance: _, ...NO_INSTANCE } = VIP

const text = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(', ')
const of = (name: string, more: Readonly<Record<string, string>> = {}) =>
  `l2doctor_vip_${name}{${text({ ...VIP, ...more })}}`
const found = (rule: string, vip = VIP.vip) => of('findings', { rule, severity: 'error', vip })
/** Another watch, and what it says of an address in its first window of requests. */
const OTHER = { instance: '10.0.0.12:9797' }
const due = (more: Readonly<Record<string, string>>) =>
  `l2doctor_vip_verdict_due{${text({ ...WATCH, ...more, vip: VIP.vip, family: 'ipv4' })}}`
const SERVICE = { ...WATCH, service_namespace: 'shop', service: 'web' }
const changes = `l2doctor_service_address_changes_total{${text(SERVICE)}}`

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: 'L2VipDuplicateResponders',
    what: 'two machines answer, and the finding stands',
    series: { [of('responders')]: '1x3 2x10', [found('wire/duplicate-responders')]: '_x3 1x10' },
    at: '3m',
    fault: '1m30s',
    fires: [VIP],
  },
  {
    alert: 'L2VipDuplicateResponders',
    what: 'a failover within one window: two machines, and no finding',
    series: { [of('responders')]: '1x3 2x1 1x10', [found('wire/slow-answer')]: '1x20' },
    at: '2m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipDuplicateResponders',
    what: 'a failover beside another address that two machines answer for',
    series: { [of('responders')]: '1x3 2x1 1x10', [found('wire/duplicate-responders', '10.0.0.99')]: '1x20' },
    at: '2m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipDuplicateResponders',
    what: 'it is over: the finding stands for two windows more, the second machine has gone',
    series: { [of('responders')]: '2x3 1x10', [found('wire/duplicate-responders')]: '1x20' },
    at: '3m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipSilent',
    what: 'nobody answers',
    series: { [of('responders')]: '1x5 0x10' },
    at: '3m',
    fault: '1m30s',
    fires: [VIP],
  },
  {
    alert: 'L2VipSilent',
    what: 'somebody does',
    series: { [of('responders')]: '1x20' },
    at: '3m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipSilent',
    what: 'a watch that is blind has no verdict',
    series: { [of('responders')]: '1x3 stale', [of('moves_total')]: '0x20' },
    at: '9m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipWrongNode',
    what: 'one machine answers, and it is the wrong one',
    series: { [of('responders')]: '1x3 2x1 1x20', [of('expected_answers')]: '1x3 0x10' },
    at: '3m',
    fault: '1m30s',
    fires: [VIP],
  },
  {
    alert: 'L2VipWrongNode',
    what: 'it has answered since a window began',
    series: { [of('responders')]: '1x20', [of('expected_answers')]: '1x3 0x10' },
    at: '3m',
    fault: '1m',
    fires: [VIP],
  },
  {
    alert: 'L2VipWrongNode',
    what: 'who should answer is another one by now, so that nobody can say whether it does',
    series: { [of('responders')]: '1x20', [of('expected_answers')]: '1x1 0x1 stale _ 1x10' },
    at: '2m30s',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipWrongNode',
    what: 'for one window after a failover',
    series: { [of('responders')]: '1x20', [of('expected_answers')]: '1x3 0x1 1x10' },
    at: '2m30s',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipWrongNode',
    what: 'two machines answer, which is another alert',
    series: { [of('responders')]: '2x20', [of('expected_answers')]: '0x20' },
    at: '5m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipFlapping',
    what: 'it moves each minute',
    series: { [of('moves_total')]: '0 0 1 1 2 2 3x20' },
    at: '3m',
    fault: '2m30s',
    fires: [VIP],
  },
  {
    alert: 'L2VipFlapping',
    what: 'a failover, and back',
    series: { [of('moves_total')]: '0x4 1x4 2x10' },
    at: '8m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipFlapping',
    what: 'the same, and a scrape was missed',
    series: { [of('moves_total')]: '5x3 _ 5x4 6x4 7x20' },
    at: '12m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2VipFlapping',
    what: 'it moved often, before the watch was scraped',
    series: { [of('moves_total')]: '_x10 7x10' },
    at: '6m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2LeaseHeldButSilent',
    what: 'the node that the lease names is silent',
    series: { [of('responders')]: '1x5 0x20', [found('announcer/silent-node')]: '_x6 1x20' },
    at: '3m',
    fault: '1m30s',
    fires: [VIP],
  },
  {
    alert: 'L2LeaseHeldButSilent',
    what: 'nobody answers, and no lease names a node',
    series: { [of('responders')]: '0x20', [found('wire/no-answer')]: '1x20' },
    at: '3m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2ServiceAddressChanged',
    what: 'the address of a Service changes',
    series: { [changes]: '0x10 1x10' },
    at: '5m30s',
    fault: '5m15s',
    fires: [SERVICE],
  },
  {
    alert: 'L2ServiceAddressChanged',
    what: 'a watch that counted one weeks ago is scraped for the first time, or again',
    series: { [changes]: '1x3 _x40 1x10' },
    at: '22m30s',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2ServiceAddressChanged',
    what: 'it changed an hour ago',
    series: { [changes]: '0x10 1x200' },
    at: '60m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2DoctorBlind',
    what: 'the interface is down',
    series: { [`l2doctor_vantage_up{${text({ ...WATCH, interface: 'eth0' })}}`]: '1x3 0x20' },
    at: '3m',
    fault: '1m30s',
    fires: [{ ...WATCH, interface: 'eth0' }],
  },
  {
    alert: 'L2DoctorBlind',
    what: 'the watch does not run',
    series: { [`up{${text(WATCH)}}`]: '1x3 0x20' },
    at: '3m',
    fault: '1m30s',
    fires: [WATCH],
  },
  {
    alert: 'L2DoctorBlind',
    what: 'nobody judges an address: its watch only listens',
    series: { [of('moves_total')]: '3x20' },
    at: '2m',
    fault: '0m',
    fires: [NO_INSTANCE],
  },
  {
    alert: 'L2DoctorBlind',
    what: 'one watch only listens, and another one judges',
    series: {
      [of('moves_total')]: '3x20',
      [of('moves_total', OTHER)]: '3x20',
      [of('responders', OTHER)]: '1x20',
    },
    at: '6m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2DoctorBlind',
    what: 'the one watch that judged an address cannot any more',
    series: { [of('moves_total')]: '3x20', [of('responders')]: '1x3 stale' },
    at: '3m',
    fault: '1m30s',
    fires: [NO_INSTANCE],
  },
  {
    alert: 'L2DoctorBlind',
    what: 'another watch asks instead, and its first window takes ten minutes',
    series: {
      [of('moves_total')]: '3x3 stale',
      [of('responders')]: '1x3 stale',
      [of('moves_total', OTHER)]: '3x40',
      [due(OTHER)]: '_x5 1x20 stale',
      [of('responders', OTHER)]: '_x25 1x20',
    },
    at: '11m',
    fault: null,
    fires: null,
  },
  {
    alert: 'L2DoctorBlind',
    what: 'another watch asks instead, and has no verdict at the end of its first window',
    series: { [of('moves_total', OTHER)]: '3x40', [due(OTHER)]: '_x5 1x9 stale' },
    at: '8m30s',
    fault: '7m30s',
    fires: [NO_INSTANCE],
  },
  {
    alert: 'L2DoctorBlind',
    what: 'the one that asked is dead, and those that listen do not ask',
    series: {
      [of('moves_total')]: '3x3 stale',
      [of('responders')]: '1x3 stale',
      [of('moves_total', OTHER)]: '3x40',
    },
    at: '3m',
    fault: '1m30s',
    fires: [NO_INSTANCE],
  },
  {
    alert: 'L2DoctorBlind',
    what: 'all is heard',
    series: {
      [`l2doctor_vantage_up{${text({ ...WATCH, interface: 'eth0' })}}`]: '1x20',
      [`up{${text(WATCH)}}`]: '1x20',
    },
    at: '6m',
    fault: null,
    fires: null,
  },
]
