import type { AddressFacts, ClaimFacts, Exchange } from '../../observe/model.js'
import { classifyResponder } from '../../probe/classify.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Evidence } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { isContested } from './rounds.js'

interface Proxy extends Where {
  readonly macs: readonly string[]
  /** Probes that went out after the first claim of the MAC and that it did not answer. */
  readonly unansweredProbes: number
  /** Median time from broadcast to answer; null where it answered direct requests only. */
  readonly medianMs: number | null
}

/** A kernel that holds the address answers in well under this; a proxy waits up to 0.8 s (`proxy_delay`). */
const LATE_MS = 20

export const proxyResponder = defineRule({
  id: 'wire/proxy-responder',
  title: 'A machine answers for the address without owning it',
  severity: 'warning',
  needs: ['wire'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop'],
  docs: {
    what: 'A MAC answered ordinary requests for the address but none of the RFC 5227 probes (sender 0.0.0.0). An owner answers both; the Linux ARP proxy never answers a probe, because it has no route to 0.0.0.0. A broadcast it answers late, 0 to 0.8 s.',
    why: 'The proxy draws the traffic of the address to itself and routes it on, or drops it. Beside the true owner it is a second responder.',
    confirm:
      'On the machine: `sysctl -a 2>/dev/null | grep -E "proxy_arp(_pvlan)? = 1"`, `ip neigh show proxy`, and `ip route get VIP`: a proxy has a route to the address through another interface. From outside: `arping -D -I IFACE VIP` (iputils) stays unanswered while `arping -b -I IFACE VIP` is answered.',
    falseAlarms:
      'A router that answers for other addresses than those asked for is not reported. Some embedded stacks and firewalls ignore probes although they own the address; an answer that comes at once speaks for this, and the certainty then says so. A responder that loses requests may have lost the probe.',
    references: [
      'RFC 1027',
      'RFC 3069',
      'RFC 5227 section 2.1.1',
      'net/ipv4/arp.c (arp_process, arp_fwd_proxy)',
      'https://www.kernel.org/doc/Documentation/networking/ip-sysctl.rst (proxy_arp, proxy_delay)',
    ],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      const proxies = address.claims.filter((claim) => isProxy(address, claim))
      if (proxies.length === 0 || !(address.asked || address.claims.length > 1)) continue
      const data = describe(address, proxies)
      yield {
        subject: addressSubject(address),
        severity: address.asked && isContested(address) ? 'error' : 'warning',
        certainty: isCertain(proxies, data) ? 'certain' : (data.medianMs ?? 0) >= LATE_MS ? 'likely' : 'possible',
        data,
        evidence: proxies.flatMap((claim) => proxyEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, unansweredProbes, medianMs, ...at }) =>
    `${listed(macs.map(namedMac))} answers for ${place(at)}${medianMs === null ? '' : ` after ${medianMs} ms`} but ignored ${counted(unansweredProbes, 'probe')}: ${(medianMs ?? 0) >= LATE_MS ? 'a proxy, not the owner' : 'perhaps a proxy'}`,
  fixes: ({ ip, macs }) => [
    {
      summary: `Stop the machine with ${listed(macs)} from answering for ${ip}`,
      risk: 'disruptive',
      where: 'node',
      steps: [
        { kind: 'manual', text: 'Let l2doctor read its settings', run: sh`l2doctor audit-node NODE --vip ${ip}` },
        {
          kind: 'manual',
          text: 'Or by hand: which setting makes it answer? A proxy needs forwarding and one of these',
          run: sh`sysctl -a 2>/dev/null | grep -E 'proxy_arp(_pvlan)? = 1'; ip neigh show proxy; ip route get ${ip}`,
        },
        {
          kind: 'runtime',
          text: 'proxy_arp is set: the value of the interface and that of "all" are joined by OR, so clear both (IFACE is the one that faces this segment)',
          run: sh`sysctl -w net.ipv4.conf.IFACE.proxy_arp=0 net.ipv4.conf.all.proxy_arp=0`,
        },
        { kind: 'runtime', text: 'proxy_arp_pvlan is set', run: sh`sysctl -w net.ipv4.conf.IFACE.proxy_arp_pvlan=0` },
        {
          kind: 'runtime',
          text: '`ip neigh show proxy` lists the address',
          run: sh`ip neigh del proxy ${ip} dev IFACE`,
        },
        {
          kind: 'persistent',
          text: 'Find the file that sets it, and take the line out; settings put by a program (Docker, libvirt, a VPN) must be changed there',
          run: sh`grep -rn 'proxy_arp' /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d`,
        },
      ],
      sideEffects: [
        'Hosts that are reached only through this proxy (VPN clients, point-to-point guests) become unreachable. Leave the cali* interfaces alone: Calico needs proxy_arp there.',
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Set what was set before: sysctl -w net.ipv4.conf.IFACE.proxy_arp=1, or `ip neigh add proxy ADDRESS dev IFACE`',
    },
  ],
})

function isProxy(address: AddressFacts, claim: ClaimFacts): boolean {
  return classifyResponder(claim) === 'proxy-arp' && unansweredProbes(address, claim).length > 0
}

/** A machine probes an address before it takes it and never answers itself: such probes say nothing. */
function unansweredProbes({ exchanges }: AddressFacts, { mac, firstAt }: ClaimFacts): Exchange[] {
  const probes = exchanges.filter(({ mode, asker, at }) => mode === 'probe' && asker !== mac && at >= firstAt)
  return probes.filter(({ answers }) => answers.every((answer) => answer.mac !== mac))
}

function describe(address: AddressFacts, proxies: readonly ClaimFacts[]): Proxy {
  const median = proxies[0]?.latency?.medianMicros
  return {
    ...where(address),
    macs: proxies.map(({ mac }) => formatMac(mac)),
    unansweredProbes: Math.max(...proxies.map((claim) => unansweredProbes(address, claim).length)),
    medianMs: median === undefined ? null : Math.round(median) / 1000,
  }
}

/** Late, silent to several probes, and never silent to anything else. */
function isCertain(proxies: readonly ClaimFacts[], { unansweredProbes, medianMs }: Proxy): boolean {
  const lossless = proxies.every(({ answered }) => answered.broadcast.answered === answered.broadcast.asked)
  return lossless && unansweredProbes > 1 && (medianMs ?? 0) >= LATE_MS
}

function proxyEvidence(address: AddressFacts, claim: ClaimFacts): Evidence[] {
  const probe = unansweredProbes(address, claim)[0]
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
