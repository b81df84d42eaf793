import { effective } from '../../node/effective.js'
import type { InterfaceAddress, Link, Route, RoutingRule } from '../../node/model.js'
import { isSentBackBy, PrefixSet, routeTo, networkOf as subnetOf } from '../../node/routing.js'
import { once } from '../../once.js'
import { type Confidence, likely, possible } from '../certainty.js'
import type { HostFix } from '../define.js'
import { defineHostRule } from '../define-host-rule.js'
import {
  commandEvidence,
  globalAddresses,
  segmentInterfaces,
  sysctlEvidence,
  sysctlFix,
  vipTexts,
} from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

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
    const back = routeTo(routes, rules, ANY_REMOTE_CLIENT)?.devices ?? []
    for (const link of segmentInterfaces(links)) {
      const strict = effective(sysctls, 'rp_filter', link.name)
      if (strict?.value !== 1) continue
      const held = globalAddresses(addresses, link.name)
      const wayOut = otherWayOut(link, held, back, routes, rules)
      if (wayOut === null) continue
      const vips = within(held, vipTexts(question.vips))
      const dropped = counters?.reversePathFilter ?? null
      yield {
        subject: interfaceSubject(host, link.name),
        ...weigh(dropped),
        severity: vips.length > 0 ? 'error' : 'warning',
        data: {
          node: host.name,
          interface: link.name,
          wayOut,
          vips,
          dropped,
          all: strict.all ?? 0,
          network: networkOf(held),
          gateway: gatewayBehind(link, routes),
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
  fixes: ({ node, interface: name, all, network, gateway }) => [
    ...(gateway === null ? [] : [policyRouting(node, name, network, gateway)]),
    sysctlFix({
      node,
      scopes: [name],
      name: 'rp_filter',
      value: 2,
      summary: `Make rp_filter loose on ${name} of ${node}`,
      sideEffects: [
        ...(all > 1 ? [] : ['Spoofed sources that are reachable through any interface pass.']),
        'The answers still leave by the other interface; a firewall on the way may drop them.',
      ],
    }),
  ],
})

/** A table of its own for what the node sends from this network; 100 is free on most hosts. */
function policyRouting(node: string, name: string, network: string, gateway: string): HostFix {
  const [ip = '', length = '32'] = network.split('/')
  const from = { ip: subnetOf(ip, Number(length)) ?? ip, length: Number(length) }
  const bare = { inputInterface: null, outputInterface: null, mark: null, other: false } as const
  return {
    summary: `Send answers of ${network} back through ${name} of ${node} (policy routing)`,
    risk: 'disruptive',
    node,
    changes: [
      {
        kind: 'route-add',
        route: {
          family: 4,
          table: TABLE,
          type: 'unicast',
          destination: { ip: '0.0.0.0', length: 0 },
          hops: [{ device: name, gateway }],
          metric: 0,
          source: null,
          protocol: 'boot',
        },
      },
      { kind: 'rule-add', rule: { family: 4, priority: 1000, from, to: null, ...bare, table: TABLE } },
    ],
    verify: sh`ip route get ${ANY_REMOTE_CLIENT} from ${ip} | grep -F ${`dev ${name}`}`,
  }
}

const TABLE = '100'

/** A router that some route of the host names behind the interface; null: none is known. */
function gatewayBehind({ name }: Link, routes: readonly Route[]): string | null {
  return gateways(routes).get(name) ?? null
}

/** The first router that a route names behind each interface. */
const gateways = once((routes: readonly Route[]): ReadonlyMap<string, string> => {
  const first = new Map<string, string>()
  for (const { device, gateway } of routes.flatMap(({ family, hops }) => (family === 4 ? hops : []))) {
    if (device !== null && gateway !== null && !first.has(device)) first.set(device, gateway)
  }
  return first
})

/** The VIPs that lie in a network of these addresses. */
function within(held: readonly InterfaceAddress[], vips: readonly string[]): string[] {
  if (vips.length === 0) return []
  const networks = new PrefixSet(held.map(({ ip, prefix }) => ({ ip, length: prefix })))
  return vips.filter((vip) => networks.longest(vip) !== null)
}

/** The interface by which answers to remote clients leave (the first of `back`), when it is not `link` and no rule of its own network says otherwise. */
function otherWayOut(
  link: Link,
  held: readonly InterfaceAddress[],
  back: readonly string[],
  routes: readonly Route[],
  rules: readonly RoutingRule[],
) {
  const [device] = back
  if (held.length === 0 || device === undefined || back.includes(link.name)) return null
  return isSentBackBy(link.name, held, routes, rules) ? null : device
}

function networkOf(held: readonly InterfaceAddress[]): string {
  const [first] = held
  return first ? `${first.ip}/${first.prefix}` : ''
}

/** The counter is one for the whole host and counts from boot. */
function weigh(dropped: number | null): Confidence {
  if (dropped === null) return likely('the settings were read on the host, but not its counter of dropped packets')
  return dropped > 0
    ? likely(`the host dropped ${dropped} packets by this filter since boot; it does not count them by interface`)
    : possible('the settings were read on the host, but it has dropped no packet by this filter since boot')
}
