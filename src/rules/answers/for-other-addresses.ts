import { discoveryStraysOf } from '../../answering/unasked/discovery.js'
import { type Stray, type StrayKind, straysOf } from '../../answering/unasked/strays.js'
import type { Facts } from '../../facts/facts.js'
import { confKey, effective } from '../../node/effective.js'
import type { Host } from '../../node/model.js'
import { serviceProxyOf } from '../../node/roles.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type HostFix, type ProposedFix, type Severity } from '../define.js'
import { raisingScopes } from '../host-parts.js'
import { strictArp } from '../kube-proxy/strict-arp.js'
import { sh } from '../shell.js'
import { interfaceSubject, nodeSubject } from '../subject.js'
import { listed } from '../wire/evidence.js'
import { eachAudited } from './each-audited.js'
import { checksOf, lacks, reasonEvidence } from './parts.js'
import { unwantedOf } from './unwanted.js'

interface ForOthers {
  readonly node: string
  readonly strays: readonly Named[]
}

interface Named {
  readonly kind: StrayKind
  readonly interface: string
  readonly targets: readonly string[]
  readonly behind: readonly string[]
  /** What raises the setting that makes it answer: `all`, the interface. */
  readonly scopes: readonly string[]
}

const SHOWN = 5

export const forOtherAddresses = defineRule({
  id: 'answers/for-other-addresses',
  title: 'A host would answer for addresses that are not its own where it is asked',
  severity: 'warning',
  needs: ['hosts'],
  optional: ['answers', 'wire'],
  docs: {
    what: 'By all that was read of a host its kernel answers requests for more than the addresses of the interface that is asked: for every machine of its own segment (proxy_arp_pvlan), for all that it routes through another interface (proxy_arp and forwarding), for the addresses of proxy entries (`ip neigh add proxy`; of IPv6 while it forwards and proxy_ndp is on), for every address of kube-ipvs0 (arp_ignore 0 where kube-proxy runs in IPVS mode), or on two interfaces of one network for the addresses of both ("ARP flux"). A host is asked here as a client of its subnet would ask, whatever address is in doubt.',
    why: 'Where one of these addresses is a VIP, the host is a second responder, and clients are sent to it at random.',
    confirm:
      '`l2doctor predict --vip ADDRESS --nodes-from DIR -v` shows every check of the host; `arping -b -I IFACE -c 3 ADDRESS` from another machine shows its MAC beside the owner.',
    falseAlarms:
      "A router that is meant to do proxy ARP (RFC 1027) or answers in a private VLAN (RFC 3069); VPN gateways that publish their clients' addresses, and routers of IPv6 whose guests are behind them. Two interfaces whose networks only look alike but are separate segments. Calico's proxy_arp on cali* interfaces is by design and not judged. Where a capture was made, only what concerns its addresses is reported (answers/unwanted-responder).",
    references: [
      'RFC 1027',
      'RFC 3069',
      'net/ipv4/arp.c arp_process, arp_fwd_proxy, arp_fwd_pvlan, pneigh_lookup',
      'Documentation/networking/ip-sysctl.rst proxy_arp, proxy_arp_pvlan, arp_ignore, arp_filter',
      'https://metallb.io/installation/#preparation',
      'metallb/metallb#153',
      'metallb/metallb#531',
    ],
  },
  check: (facts) => eachAudited(facts, (host) => judge(host, facts)),
  message: ({ node, strays }: ForOthers) => `${node} would answer ${strays.slice(0, SHOWN).map(words).join('; ')}`,
  fixes: ({ node, strays }: ForOthers) => strays.flatMap((one) => fixesOf(one, node)),
})

type Found = Pick<Facts, 'hosts'> & Partial<Pick<Facts, 'answers'>>

/** One finding for what an interface does for others, one for the host where two of its interfaces do the same. */
function* judge(host: Host, facts: Found) {
  const said = alreadySaid(host, facts)
  // where it answers twice for one address it does so for all of them
  const twiceSaid = [...said].some((key) => key.endsWith(' local'))
  const strays = [...straysOf(host), ...discoveryStraysOf(host)].filter(
    ({ kind, interface: name }) => !said.has(keyOf(name, PATHS[kind])) && !(twiceSaid && kind === 'second-interface'),
  )
  const twice = strays.filter(({ kind }) => kind === 'second-interface')
  if (twice.length > 0) yield { subject: nodeSubject(host), ...describe(host, twice) }
  const proxies = strays.filter(({ kind }) => kind !== 'second-interface')
  for (const name of new Set(proxies.map((one) => one.interface))) {
    const own = proxies.filter((one) => one.interface === name)
    yield { subject: interfaceSubject(host, name), ...describe(host, own) }
  }
}

const PATHS = {
  segment: 'proxy_arp_pvlan',
  routed: 'proxy_arp',
  entry: 'proxy-neighbour',
  ipvs: 'local',
  'second-interface': 'local',
} as const satisfies Record<StrayKind, string>

function keyOf(name: string, path: string): string {
  return `${name} ${path}`
}

/** What the table says of the addresses asked for needs not be said of all others too. */
function alreadySaid(host: Host, { answers = [], hosts }: Found): ReadonlySet<string> {
  const unwanted = answers.flatMap((table) => unwantedOf(table, hosts))
  const own = unwanted.filter(({ answering }) => answering.host === host)
  return new Set(
    own.map(({ answering: { explanation } }) => keyOf(explanation.reply.interface, explanation.reply.path)),
  )
}

function describe(host: Host, strays: readonly Stray[]) {
  const kinds = new Set(strays.map(({ kind }) => kind))
  const [kind] = kinds
  return {
    ...weigh(strays),
    severity: strays.map(severityOf).includes('error') ? ('error' as const) : ('warning' as const),
    data: {
      node: host.name,
      strays: strays.map(({ kind, interface: name, targets, behind }) => ({
        kind,
        interface: name,
        targets,
        behind,
        scopes: scopesOf(host, kind, name),
      })),
    },
    evidence: strays.slice(0, SHOWN).flatMap(({ because }) => {
      const decisive = because.findLast(({ outcome, check }) => outcome === 'answers' || check === 'arp_ignore')
      return decisive ? [reasonEvidence(host.name, decisive)] : []
    }),
    checks: strays.slice(0, SHOWN).flatMap(({ on, because }) => checksOf(host.name, on, because)),
    ...(kind !== undefined && kinds.size === 1 ? { formerly: [FORMER[kind]] } : {}),
  }
}

const FORMER: Readonly<Record<StrayKind, string>> = {
  segment: 'sysctl/proxy-arp-pvlan',
  routed: 'sysctl/proxy-arp',
  entry: 'neighbour/static-proxy-entry',
  ipvs: 'sysctl/arp-ignore',
  'second-interface': 'sysctl/arp-flux-multi-nic',
}

function severityOf({ kind }: Stray): Severity {
  return kind === 'segment' || kind === 'ipvs' ? 'error' : 'warning'
}

function weigh(strays: readonly Stray[]): Confidence {
  const assumed = strays.flatMap((one) => one.assumed)
  if (assumed.length > 0) return likely(lacks(assumed))
  return strays.some(({ kind }) => kind === 'second-interface')
    ? likely(
        'every setting was read on the host; that both interfaces reach one segment is concluded from their network',
      )
    : certain('every setting that makes it answer was read on the host')
}

const SETTINGS = { segment: 'proxy_arp_pvlan', routed: 'proxy_arp' } as const

function scopesOf({ sections: { sysctls } }: Host, kind: StrayKind, name: string): string[] {
  if (kind !== 'segment' && kind !== 'routed') return [name]
  const found = sysctls.known ? effective(sysctls.value, SETTINGS[kind], name) : null
  return found ? raisingScopes(found) : [name]
}

function words({ kind, interface: name, targets, behind }: Named): string {
  const [shown, through] = [some(targets), some(behind)]
  switch (kind) {
    case 'segment':
      return `on ${name} for every address of its segment (proxy_arp_pvlan)`
    case 'routed':
      return `on ${name} for every address that it routes through ${through}: ${shown} (proxy_arp)`
    case 'entry':
      return `on ${name} for ${shown} (a proxy entry)`
    case 'ipvs':
      return `on ${name} for ${shown}, which ${holderOf(behind)} holds on ${through} of every node (arp_ignore is 0)`
    case 'second-interface':
      return `on ${name} also for ${shown} of ${through}, which is in the same network`
  }
}

function some(all: readonly string[]): string {
  return all.length > SHOWN ? `${all.slice(0, SHOWN).join(', ')} …` : listed(all)
}

function holderOf([device = '']: readonly string[]): string {
  return serviceProxyOf(device) ?? 'a service proxy'
}

function fixesOf({ kind, interface: name, targets, behind, scopes }: Named, node: string): ProposedFix[] {
  const sysctl = (setting: string, value: number, summary: string): HostFix => ({
    summary,
    node,
    changes: scopes.map((scope) => ({ kind: 'sysctl', key: confKey(scope, setting), value })),
  })
  if (kind === 'segment' || kind === 'routed')
    return [sysctl(SETTINGS[kind], 0, `Turn ${SETTINGS[kind]} off on ${name} of ${node}`)]
  if (kind === 'entry') return targets.slice(0, SHOWN).map((ip) => withoutEntry(ip, name, node))
  const ignoring = sysctl('arp_ignore', 1, `Let ${name} of ${node} answer only for addresses of its own`)
  return kind === 'ipvs' && holderOf(behind) === 'kube-proxy'
    ? [strictArp(sh`sysctl net.ipv4.conf.all.arp_ignore`), ignoring]
    : [ignoring]
}

function withoutEntry(ip: string, device: string, node: string): HostFix {
  return {
    summary: `Remove the proxy entry for ${ip} on ${node}`,
    node,
    changes: [{ kind: 'proxy-del', ip, device }],
  }
}
