import { effective } from '../../node/effective.js'
import type { Route, RoutingRule } from '../../node/model.js'
import { routeTo } from '../../node/routing.js'
import type { Fix } from '../define.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, interfaceSubject, raisingScopes, sysctlEvidence, sysctlFix, vipTexts } from '../host-parts.js'
import { sh } from '../shell.js'

interface ProxyArp {
  readonly node: string
  readonly interface: string
  /** VIPs for which forwarding and a route make it answer. */
  readonly answersFor: readonly string[]
  readonly forwarding: boolean
  readonly scopes: readonly string[]
}

export const proxyArp = defineHostRule({
  id: 'sysctl/proxy-arp',
  title: 'A node answers ARP for addresses it routes elsewhere',
  severity: 'warning',
  sections: ['sysctls', 'links', 'routes', 'rules'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/proxy-responder',
    'wire/unexpected-responder',
  ],
  docs: {
    what: 'proxy_arp (often misspelt "arp_proxy") is on for an interface that faces the segment. The kernel then answers requests for any address that it would forward out of another interface.',
    why: 'If the VIP is routed through another device on that node, the node answers for it although it does not own it, up to 0.8 s late: a second responder, and traffic that may end nowhere.',
    confirm:
      "The reply needs all three: `sysctl net.ipv4.conf.IFACE.forwarding` is 1, `ip route get VIP` leaves by another interface, and proxy_arp is on for the interface (or for `all`). For a VIP inside the node's own subnet proxy_arp alone does not answer.",
    falseAlarms:
      'Calico sets proxy_arp on every cali* interface by design: those are not judged. A router that is meant to do proxy ARP (RFC 1027) is a legitimate exception: `--ignore sysctl/proxy-arp=NODE/IFACE`.',
    references: [
      'RFC 1027',
      'net/ipv4/arp.c arp_process and arp_fwd_proxy',
      'Documentation/networking/ip-sysctl.rst proxy_arp',
    ],
  },
  *checkHost({ sysctls, links, routes, rules }, host, question) {
    for (const { name } of links.filter(({ facesSegment }) => facesSegment)) {
      const on = effective(sysctls, 'proxy_arp', name)
      if (on?.value !== 1) continue
      const forwarding = effective(sysctls, 'forwarding', name)
      const answersFor = forwarding?.value === 1 ? routedAway(vipTexts(question.vips), name, routes, rules) : []
      const data: ProxyArp = {
        node: host.name,
        interface: name,
        answersFor: answersFor.map(({ vip }) => vip),
        forwarding: forwarding?.value === 1,
        scopes: raisingScopes(on),
      }
      yield {
        subject: interfaceSubject(host, name),
        severity: answersFor.length > 0 ? 'error' : forwarding?.value === 1 ? 'warning' : 'info',
        data,
        evidence: [
          sysctlEvidence(host, on),
          ...(forwarding ? [sysctlEvidence(host, forwarding)] : []),
          ...answersFor.map(({ vip, device }) =>
            commandEvidence(host, sh`ip route get ${vip}`, `${vip} dev ${device}`),
          ),
        ],
      }
    }
  },
  message: ({ node, interface: name, answersFor, forwarding }: ProxyArp) => {
    if (answersFor.length > 0)
      return `${node} answers on ${name} for ${answersFor.join(', ')}: proxy_arp, forwarding and a route through another interface`
    if (!forwarding) return `${node} has proxy_arp on ${name}; it answers nothing while forwarding is off there`
    return `${node} has proxy_arp on ${name}: it answers for every address that it routes through another interface`
  },
  fixes: ({ node, interface: name, scopes }: ProxyArp): Fix[] => [
    sysctlFix({
      node,
      scopes,
      name: 'proxy_arp',
      value: 0,
      was: 1,
      summary: `Turn proxy_arp off on ${name} of ${node}`,
      sideEffects: [
        'Addresses that were reachable only through this proxy stop answering.',
        'Never apply it to cali* interfaces: Calico needs it there.',
      ],
    }),
  ],
})

function routedAway(vips: readonly string[], ingress: string, routes: readonly Route[], rules: readonly RoutingRule[]) {
  return vips.flatMap((vip) => {
    const found = routeTo(routes, rules, vip)
    const device = found?.devices.find((out) => out !== ingress)
    return found?.route.type === 'unicast' && device !== undefined ? [{ vip, device }] : []
  })
}
