import type { AddressFacts, ClaimFacts } from '../../observe/model.js'
import { classifyResponder, ignoredProbes, isProxyClass } from '../../probe/classify.js'
import { isIpv6 } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { likely } from '../certainty.js'
import { defineRule, type Evidence, type Fix } from '../define.js'
import { sh } from '../shell.js'
import {
  addressSubject,
  counted,
  frameEvidence,
  isSix,
  listed,
  namedMac,
  place,
  type Where,
  where,
} from './evidence.js'
import { isContested } from './rounds.js'

interface Proxy extends Where {
  readonly macs: readonly string[]
  /** Probes that it heard, for all one can tell, and did not answer; of IPv6 none, as proxies answer those. */
  readonly unansweredProbes: number
  /** Median time from broadcast to answer. */
  readonly medianMs: number
}

const BECAUSE =
  'late answers and silence to probes are the marks of a proxy; a slow machine that ignores probes has them too'
const BECAUSE_SIX =
  'late answers that never override, also to a solicitation from ::, are the marks of a proxy entry; an anycast address has them too'

export const proxyResponder = defineRule({
  id: 'wire/proxy-responder',
  title: 'A machine answers for the address without owning it',
  severity: 'warning',
  needs: ['wire'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop'],
  symptom: 'claim',
  docs: {
    what: 'A MAC answered broadcasts late, several times, and none of several RFC 5227 probes (sender 0.0.0.0), though it answered other requests before and after them. An owner answers both at once; the Linux ARP proxy answers a broadcast 0 to 0.8 s late and never a probe, because it has no route to 0.0.0.0. Of an IPv6 address: its advertisements came late, several times, none set the O flag, and it answered a solicitation from :: too; a kernel that holds the address sets the O flag, an announcer such as MetalLB does not answer that one.',
    why: 'The proxy draws the traffic of the address to itself and routes it on, or drops it. Beside the true owner it is a second responder.',
    confirm:
      'On the machine: `sysctl -a 2>/dev/null | grep -E "proxy_arp(_pvlan)? = 1"`, `ip neigh show proxy`, and `ip route get VIP`: a proxy has a route to the address through another interface. IPv6: `ip -6 neigh show proxy` and `sysctl -a 2>/dev/null | grep proxy_ndp`. From outside: `arping -D -I IFACE VIP` (iputils) stays unanswered while `arping -b -I IFACE VIP` is answered.',
    falseAlarms:
      'A router that answers for other addresses than those asked for is not reported. A machine that answers at once is never called a proxy, though some are (proxy_delay 0): small stacks ignore probes, and a bond in balance-alb answers a probe under the MAC of another member. A slow machine that also ignores probes looks like a proxy. The subnet-router anycast address of IPv6, and any other anycast address, is answered without the O flag by design.',
    references: [
      'RFC 1027',
      'RFC 3069',
      'RFC 5227 section 2.1.1',
      'RFC 4861 section 7.2.8',
      'net/ipv4/arp.c (arp_process, arp_fwd_proxy)',
      'net/ipv6/ndisc.c (ndisc_recv_ns)',
      'https://www.kernel.org/doc/Documentation/networking/ip-sysctl.rst (proxy_arp, proxy_delay)',
    ],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      const proxies = address.claims.filter((claim) => isProxyClass(classifyResponder(claim, address)))
      if (proxies.length === 0 || !(address.asked || address.claims.length > 1)) continue
      const data = describe(address, proxies)
      yield {
        subject: addressSubject(address),
        ...likely(isIpv6(address.ip) ? BECAUSE_SIX : BECAUSE),
        severity: address.asked && isContested(address) ? 'error' : 'warning',
        data,
        evidence: proxies.flatMap((claim) => proxyEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, unansweredProbes, medianMs, ...at }) =>
    `${listed(macs.map(namedMac))} answers for ${place(at)} after ${medianMs} ms (median) and ${isSix(at.ip) ? 'never overrides' : `ignored ${counted(unansweredProbes, 'probe')}`}: a proxy rather than the owner`,
  fixes: ({ ip, macs }) =>
    isSix(ip)
      ? [stopProxySix(ip, macs)]
      : [
          {
            summary: `Stop the machine with ${listed(macs)} from answering for ${ip}`,
            risk: 'disruptive',
            where: 'node',
            steps: [
              {
                kind: 'look',
                text: 'Let l2doctor find it and read its settings',
                run: sh`l2doctor diagnose --vip ${ip}`,
              },
              {
                kind: 'look',
                text: 'Which setting makes it answer? A proxy needs forwarding and one of these',
                run: sh`sysctl -a 2>/dev/null | grep -E 'proxy_arp(_pvlan)? = 1'; ip neigh show proxy; ip route get ${ip}`,
              },
              {
                kind: 'runtime',
                text: 'proxy_arp is set: the value of the interface and that of "all" are joined by OR, so set both to 0 with sysctl -w; the interface is the one that faces this segment',
              },
              {
                kind: 'runtime',
                text: 'proxy_arp_pvlan is set: set it to 0 for the interface that faces this segment',
              },
              {
                kind: 'runtime',
                text: '`ip neigh show proxy` lists the address: remove it with ip neigh del proxy, from the interface that the line names',
              },
              {
                kind: 'look',
                text: 'Find the file that sets it, and take the line out; settings put by a program (Docker, libvirt, a VPN) must be changed there',
                run: sh`grep -rn 'proxy_arp' /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d`,
              },
            ],
            sideEffects: [
              'Hosts that are reached only through this proxy (VPN clients, point-to-point guests) become unreachable. Leave the cali* interfaces alone: Calico needs proxy_arp there.',
            ],
            verify: sh`l2doctor scan --vip ${ip}`,
            undo: 'Set the values, or add the proxy entry, as the look at the settings printed them before.',
          },
        ],
})

/** Without an entry for the address no kernel is its proxy (net/ipv6/ndisc.c, ndisc_recv_ns). */
function stopProxySix(ip: string, macs: readonly string[]): Fix {
  return {
    summary: `Stop the machine with ${listed(macs)} from answering for ${ip}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      { kind: 'look', text: 'Let l2doctor find it and read its settings', run: sh`l2doctor diagnose --vip ${ip}` },
      {
        kind: 'look',
        text: 'On that machine: which entry makes it answer? No line means that a program answers (ndppd, odhcpd)',
        run: sh`ip -6 neigh show proxy; sysctl -a 2>/dev/null | grep -E 'proxy_ndp = 1'`,
      },
      {
        kind: 'runtime',
        text: 'The entry is listed: remove it with ip -6 neigh del proxy, from the interface that the line names',
      },
      {
        kind: 'persistent',
        text: 'Take the entry out of what adds it when the machine starts: netplan, systemd-networkd (IPv6ProxyNDPAddress=), ifupdown, or the configuration of the program',
      },
    ],
    sideEffects: [
      'If the address lives behind this machine on purpose (a routed guest, a VPN client), it becomes unreachable.',
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Add the entry again, as the look at the settings printed it before.',
  }
}

function describe(address: AddressFacts, proxies: readonly ClaimFacts[]): Proxy {
  return {
    ...where(address),
    macs: proxies.map(({ mac }) => formatMac(mac)),
    unansweredProbes: Math.max(...proxies.map(({ mac }) => ignoredProbes(mac, address).length)),
    medianMs: Math.round(proxies[0]?.latency?.medianMicros ?? 0) / 1000,
  }
}

function proxyEvidence(address: AddressFacts, claim: ClaimFacts): Evidence[] {
  const probe = ignoredProbes(claim.mac, address)[0]
  const late = address.exchanges.flatMap(({ at, answers }) =>
    answers.filter(({ mac }) => mac === claim.mac).map((answer) => ({ ...answer, at: at + answer.afterMicros })),
  )[0]
  return [
    ...(probe ? [frameEvidence(probe.frame, probe.at, `probe, not answered by ${formatMac(claim.mac)}`)] : []),
    ...(late
      ? [frameEvidence(late.frame, late.at, `${formatMac(claim.mac)} answers after ${late.afterMicros / 1000} ms`)]
      : []),
  ]
}
