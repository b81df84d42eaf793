import type { Question } from '../../facts/question.js'
import type { AddressFacts, ClaimFacts, RateFacts, WireFacts } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Problem } from '../define.js'
import { speakerLogs } from '../metallb/any-speakers.js'
import { part, sh } from '../shell.js'
import { addressSubject, claimEvidence, counted, namedMac, place } from '../wire/evidence.js'
import { takeovers } from '../wire/takeover.js'
import { outOfOrder, timeIsInOrder } from '../wire/time-order.js'
import { COUNTED, mainTarget, rateEvidence, rateSubject, severityOf, unexplained } from './rates.js'

interface Announcements {
  /** Null where several MACs announce one address. */
  readonly mac: string | null
  /** Null where one MAC announces several addresses. */
  readonly ip: string | null
  readonly vlans: readonly number[]
  readonly total: number
  readonly overSeconds: number
  /** What the busiest healthy announcer sends in that time. */
  readonly allowance: number
}

/**
 * MetalLB sends some 10 announcements for each address within 5 s of a takeover and then none
 * (`internal/layer2/announcer.go`), keepalived 5 and 5 again after 5 s, Cilium one.
 */
const PER_TAKEOVER = 10

/** kube-vip announces each address every 3 s for ever; twice that, as a version may send both forms each time. */
const PER_SECOND = 2 / 3

export const gratuitous = defineRule({
  id: 'storm/gratuitous',
  title: 'More gratuitous ARP or unsolicited advertisements than any healthy announcer sends',
  severity: 'warning',
  needs: ['wire', 'question'],
  symptom: 'claim',
  docs: {
    what: 'An address, or a sender, was announced more often than the announcers do by design: about 10 times within 5 s of a takeover (MetalLB, keepalived), then at most once every 3 s (kube-vip).',
    why: 'Each announcement rewrites the neighbour tables of the whole segment. Unending ones mean that a controller keeps re-announcing because another one undoes its work, or that two machines fight for the address; switches with ARP inspection shut ports above 15 a second.',
    confirm:
      '`tcpdump -p -n -e -i IFACE "arp and host VIP"` for a minute. With Kubernetes: does the Service status flip? `kubectl get service NAME -o yaml --show-managed-fields -w`.',
    falseAlarms:
      'A takeover of many addresses at once is allowed for, as are several takeovers in a row. Windows and some appliances repeat announcements after a resume. A custom announcement interval below 3 s (kube-vip `vip_arpRate`, an arping loop in cron) is reported.',
    references: [
      'RFC 5227 section 2.3',
      'metallb/metallb#2177',
      'metallb/metallb#2396',
      'kube-vip/kube-vip#382',
      'keepalived.conf(5), garp_master_repeat',
    ],
  },
  *check({ wire, question }) {
    if (!timeIsInOrder(wire)) {
      if (wire.capture.gratuitous > 0) yield outOfOrder('announcements')
      return
    }
    const fast = [...fastRates(wire, question)]
    yield* fast
    const said = new Set(fast.flatMap(({ data }) => [data.mac, data.ip]))
    for (const address of wire.addresses.filter(({ ip }) => !said.has(formatIp(ip)))) {
      yield* steadyClaims(
        address,
        address.claims.filter(({ mac }) => !said.has(formatMac(mac))),
      )
    }
  },
  message: ({ mac, ip, vlans, total, overSeconds, allowance }) =>
    `${mac === null ? 'several machines' : namedMac(mac)} announced ${ip === null ? 'its addresses' : place({ ip, vlans })} ${counted(total, 'time')} in ${overSeconds} s; a healthy announcer needs at most ${allowance}`,
  fixes: ({ ip }) => [
    {
      summary: 'Find the two that undo each other’s work, and leave one in charge',
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'Which announcers act on the Services, and do several act on one?',
          run: sh`l2doctor audit-cluster`,
        },
        {
          kind: 'look',
          text: 'MetalLB: is a Service announced again and again? Many `serviceAnnounced` lines for one Service say so',
          run: speakerLogs(part`--since=10m`, part`grep -c serviceAnnounced`),
        },
        {
          kind: 'look',
          text: 'Do two controllers write the same Service status? Look for two managers under it',
          run: sh`kubectl get services -A -o yaml --show-managed-fields | grep -E "manager:|  name:"`,
        },
        {
          kind: 'persistent',
          text: 'kube-vip beside MetalLB: keep kube-vip away from the Services of the other',
          run: sh`kubectl -n kube-system set env daemonset/kube-vip-ds lb_class_only=true`,
        },
      ],
      sideEffects: [
        'Changing the env restarts kube-vip. With lb_class_only it drops every Service that has no loadBalancerClass of its own.',
      ],
      verify:
        ip === null ? 'l2doctor scan --passive --duration 60' : sh`l2doctor scan --vip ${ip} --passive --duration 60`,
      undo: 'kubectl -n kube-system set env daemonset/kube-vip-ds lb_class_only-',
    },
  ],
})

/** Senders and targets above the storm tiers and above what their addresses allow. A VLAN as a whole has no such budget. */
function* fastRates(wire: WireFacts, question: Question): Iterable<Problem<Announcements>> {
  for (const rate of unexplained('gratuitous', wire, question)) {
    const severity = severityOf(rate)
    const data = describeRate(rate, wire)
    if (severity === null || rate.scope === 'vlan' || rate.total <= data.allowance) continue
    yield { subject: rateSubject(rate), ...COUNTED, severity, data, evidence: rateEvidence(rate) }
  }
}

function describeRate(rate: RateFacts, wire: WireFacts): Announcements {
  const { mac, vlans, total, firstAt, lastAt } = rate
  const ip = mainTarget(rate, wire)
  const addresses = wire.senders.find((sender) => sender.mac === mac)?.count ?? 1
  return {
    mac: mac === null ? null : formatMac(mac),
    ip: ip === null ? null : formatIp(ip),
    vlans: [...vlans],
    total,
    overSeconds: seconds(lastAt - firstAt),
    allowance: addresses * allowance(lastAt - firstAt, 1),
  }
}

/** One MAC that announces one address without end, however slowly. */
function* steadyClaims(address: AddressFacts, claims: readonly ClaimFacts[]): Iterable<Problem<Announcements>> {
  for (const claim of claims) {
    const taken = 1 + takeovers(address).filter(({ to }) => to === claim.mac).length
    const allowed = allowance(claim.lastAt - claim.firstAt, taken)
    if (claim.gratuitous <= allowed) continue
    yield {
      subject: addressSubject(address),
      ...COUNTED,
      data: {
        mac: formatMac(claim.mac),
        ip: formatIp(address.ip),
        vlans: [...address.vlans],
        total: claim.gratuitous,
        overSeconds: seconds(claim.lastAt - claim.firstAt),
        allowance: allowed,
      },
      evidence: claimEvidence(address, claim),
    }
  }
}

function allowance(micros: number, taken: number): number {
  return Math.ceil(PER_TAKEOVER * taken + (micros / 1e6) * PER_SECOND)
}

function seconds(micros: number): number {
  return Math.round(micros / 1e5) / 10
}
