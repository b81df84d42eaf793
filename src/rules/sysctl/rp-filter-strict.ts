import { effective } from '../../node/effective.js'
import type { InterfaceAddress, Link, Route, RoutingRule } from '../../node/model.js'
import { contains, routeTo } from '../../node/routing.js'
import { defineHostRule } from '../define-host-rule.js'
import {
  commandEvidence,
  globalAddresses,
  interfaceSubject,
  segmentInterfaces,
  sysctlEvidence,
  sysctlFix,
  vipTexts,
} from '../host-parts.js'
import { sh } from '../shell.js'

/** A destination that only the default route covers stands for every client that is not on a connected network. */
const ANY_REMOTE_CLIENT = '192.0.2.1' // RFC 5737: documentation, never a real network

export const rpFilterStrict = defineHostRule({
  id: 'sysctl/rp-filter-strict',
  title: 'Strict reverse-path filter drops traffic that arrives on another interface than it leaves by',
  severity: 'warning',
  sections: ['sysctls', 'links', 'addresses', 'routes', 'rules'],
  optional: ['counters'],
  docs: {
    what: 'rp_filter is 1 (strict) on an interface whose answers to remote clients would leave by another one: the node has an address and perhaps the VIP there, but the default route goes elsewhere and no policy route brings answers back.',
    why: 'ARP resolves and the SYN reaches the node, but the kernel drops it because its source is not reachable through the interface it came in on. The VIP looks dead to every client outside the segment.',
    confirm:
      '`nstat -az TcpExtIPReversePathFilter` rises while a remote client connects; `ip route get CLIENT from VIP iif IFACE` says "invalid cross-device link".',
    falseAlarms:
      'Clients on the same segment only. The larger of conf.all and conf.IFACE holds; 2 (loose) is not strict. Cilium wants 0, Calico refuses to run with all.rp_filter=2 unless FELIX_IGNORELOOSERPF=true.',
    references: [
      'RFC 3704',
      'Documentation/networking/ip-sysctl.rst rp_filter',
      'metallb/metallb#533',
      'metallb/metallb#319',
      'kube-vip/kube-vip#507',
    ],
  },
  *checkHost({ sysctls, links, addresses, routes, rules, counters }, host, question) {
    for (const link of segmentInterfaces(links)) {
      const strict = effective(sysctls, 'rp_filter', link.name)
      const held = globalAddresses(addresses, link.name)
      const wayOut = otherWayOut(link, held, routes, rules)
      if (strict?.value !== 1 || wayOut === null) continue
      const vips = vipTexts(question.vips).filter((vip) =>
        held.some(({ ip, prefix }) => contains({ ip, length: prefix }, vip)),
      )
      const dropped = counters?.reversePathFilter ?? null
      yield {
        subject: interfaceSubject(host, link.name),
        severity: vips.length > 0 ? 'error' : 'warning',
        certainty: dropped !== null && dropped > 0 ? 'certain' : 'likely',
        data: {
          node: host.name,
          interface: link.name,
          wayOut,
          vips,
          dropped,
          all: strict.all ?? 0,
          network: networkOf(held),
        },
        evidence: [
          sysctlEvidence(host, strict),
          commandEvidence(
            host,
            sh`ip route show table all`,
            `remote clients are answered through ${wayOut}, not ${link.name}`,
          ),
          ...(dropped === null
            ? []
            : [commandEvidence(host, sh`nstat -az TcpExtIPReversePathFilter`, `${dropped} since boot`)]),
        ],
      }
    }
  },
  message: ({ node, interface: name, wayOut, vips, dropped }) =>
    `${node} drops what remote clients send to ${vips.join(', ') || `addresses on ${name}`}: strict rp_filter on ${name}, but the way back is ${wayOut}${dropped ? ` (${dropped} packets dropped so far)` : ''}`,
  fixes: ({ node, interface: name, all, network }) => [
    {
      summary: `Send answers of ${network} back through ${name} (policy routing)`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'runtime',
          text: 'A table of its own for the network (put the router of that network for GATEWAY)',
          run: sh`ip rule add from ${network} table 100 && ip route add default via GATEWAY dev ${name} table 100`,
        },
        {
          kind: 'persistent',
          text: 'The same in netplan (routing-policy), NetworkManager (ipv4.routing-rules) or systemd-networkd ([RoutingPolicyRule])',
        },
      ],
      verify: sh`ip route get ${ANY_REMOTE_CLIENT} from ${network.split('/')[0]} | grep -F ${`dev ${name}`}`,
      undo: sh`ip rule del from ${network} table 100 && ip route flush table 100`,
    },
    sysctlFix({
      node,
      scopes: [name],
      name: 'rp_filter',
      value: 2,
      was: 1,
      summary: `Or make the filter loose on ${name}`,
      sideEffects: [
        ...(all > 1 ? [] : ['Spoofed sources that are reachable through any interface pass.']),
        'The answers still leave by the other interface; a firewall on the way may drop them.',
      ],
    }),
  ],
})

/** The interface by which answers to remote clients leave, when it is not `link` and no rule of its own network says otherwise. */
function otherWayOut(
  link: Link,
  held: readonly InterfaceAddress[],
  routes: readonly Route[],
  rules: readonly RoutingRule[],
) {
  const back = routeTo(routes, rules, ANY_REMOTE_CLIENT)
  const device = back?.devices[0]
  if (held.length === 0 || device === undefined || back?.devices.includes(link.name)) return null
  return held.some(({ ip }) => rules.some((rule) => sendsBack(rule, ip, link, routes))) ? null : device
}

function sendsBack({ from, table }: RoutingRule, ip: string, link: Link, routes: readonly Route[]): boolean {
  if (from === null || table === null || !contains(from, ip)) return false
  return routes.some(
    (route) =>
      route.table === table && route.destination.length === 0 && route.hops.some(({ device }) => device === link.name),
  )
}

function networkOf(held: readonly InterfaceAddress[]): string {
  const [first] = held
  return first ? `${first.ip}/${first.prefix}` : ''
}
