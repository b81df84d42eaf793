import type { Change } from '../../answering/change/model.js'
import type { Charge } from '../../facts/answers/charge.js'
import type { AnswerTable } from '../../facts/answers/model.js'
import { holdingInstances } from '../../facts/vrrp-holders.js'
import { valueOr } from '../../known.js'
import { confKey, effective } from '../../node/effective.js'
import type { Host, InterfaceAddress } from '../../node/model.js'
import { serviceProxyOf } from '../../node/roles.js'
import { formatIp, isIpv4 } from '../../wire/ip.js'
import { globalAddresses, raisingScopes } from '../host-parts.js'
import type { Answering, Unwanted } from './unwanted.js'

/** What ends an unwanted answer, as plain data. */
export type Cure =
  | {
      readonly kind: 'host'
      readonly node: string
      readonly summary: string
      readonly changes: readonly Change[]
    }
  /** The announcer answers on every interface of its node; its objects should name one. */
  | {
      readonly kind: 'interfaces'
      readonly announcer: string
      readonly node: string
      readonly keep: string
      readonly objects: readonly string[]
      /** What they name now: interfaces, or patterns of them; null: none, which means every interface. */
      readonly named: readonly string[] | null
    }
  /** kube-ipvs0 holds every VIP on every node. */
  | { readonly kind: 'strict-arp'; readonly node: string }
  /** What should be done is not for a rule to say. */
  | { readonly kind: 'look'; readonly node: string; readonly ip: string }

export function cureOf(unwanted: Unwanted, table: AnswerTable, all: readonly Answering[]): Cure {
  const { answering, fault } = unwanted
  const { host, explanation, held } = answering
  const ip = formatIp(table.ip)
  const look = { kind: 'look', node: host.name, ip } as const
  // keepalived adds it again
  if (fault === 'contested' || holdingInstances(host, ip).length > 0) return look
  switch (explanation.reply.path) {
    case 'announcer':
      return byAnnouncer(answering, table, all) ?? look
    case 'local':
      // arp_ignore is for ARP alone, and IPv6 answers on no other interface than the one that holds the address
      if (!isIpv4(table.ip))
        return (fault === 'second-interface' ? removingThere(answering) : removing(answering)) ?? look
      if (fault === 'second-interface') return ignoring(answering, ip)
      if (held.some((one) => serviceProxyOf(one.interface) === 'kube-proxy'))
        return { kind: 'strict-arp', node: host.name }
      return held.every((one) => isAside(host, one.interface)) ? ignoring(answering, ip) : (removing(answering) ?? look)
    default:
      return proxyOff(answering, ip) ?? look
  }
}

/** Devices that no frame of the segment enters: an address there is meant for the host itself, as with LVS. */
function isAside({ sections: { links } }: Host, name: string): boolean {
  return valueOr(links, []).some((link) => link.name === name && ['loopback', 'dummy', 'ipvs'].includes(link.role))
}

function ignoring({ host, explanation: { reply } }: Answering, ip: string): Cure {
  const { interface: name } = reply
  return {
    kind: 'host',
    node: host.name,
    summary: `Let ${name} of ${host.name} answer only for addresses of its own, not for ${ip}`,
    changes: [{ kind: 'sysctl', key: confKey(name, 'arp_ignore'), value: 1 }],
  }
}

/** Null where it is the address by which the host itself is known: no machine is told to give up its own. */
function removing({ host, held }: Answering): Cure | null {
  if (held.length === 0 || held.some((one) => isItsOwn(host, one))) return null
  return {
    kind: 'host',
    node: host.name,
    summary: `Take ${held[0]!.ip} off ${host.name}`,
    changes: held.map(({ ip, prefix, interface: device }) => ({
      kind: 'address-del',
      address: { ip, length: prefix },
      device,
    })),
  }
}

/** Off the interface that answers; it stays on the other. */
function removingThere({ held, ...answering }: Answering): Cure | null {
  const { reply } = answering.explanation
  return removing({ ...answering, held: held.filter((one) => one.interface === reply.interface) })
}

/** The kernel gives no order of IPv6 addresses, so one with a subnet of its own may be the host's: SLAAC, DHCPv6, by hand. */
function isItsOwn(host: Host, { ip, interface: name, family, prefix }: InterfaceAddress): boolean {
  if (family === 6) return host.address === ip || prefix < 128
  const [first] = globalAddresses(valueOr(host.sections.addresses, []), name)
  return host.address === ip || first?.ip === ip
}

function proxyOff({ host, explanation: { on, reply } }: Answering, ip: string): Cure | null {
  const { path, interface: name } = reply
  const cure = (summary: string, changes: readonly Change[]): Cure => ({
    kind: 'host',
    node: host.name,
    summary,
    changes,
  })
  if (path === 'proxy-neighbour') {
    return cure(`Remove the proxy entry for ${ip} on ${host.name}`, [{ kind: 'proxy-del', ip, device: name }])
  }
  if (path === 'bridge-proxy-arp' || path === 'bridge-suppress') {
    const flag = path === 'bridge-suppress' ? 'neigh_suppress' : 'proxy_arp'
    const summary = `Stop the bridge port ${on} of ${host.name} from answering in the place of others`
    return cure(summary, [{ kind: 'port', device: on, flag, on: false }])
  }
  if (path !== 'proxy_arp' && path !== 'proxy_arp_pvlan') return null
  const { sysctls } = host.sections
  const setting = sysctls.known ? effective(sysctls.value, path, name) : null
  if (!setting) return null
  const changes = raisingScopes(setting).map(
    (scope) => ({ kind: 'sysctl', key: confKey(scope, path), value: 0 }) as const,
  )
  return cure(`Turn ${path} off on ${name} of ${host.name}`, changes)
}

/** The interface with a subnet of the node stays; without one, the first. */
function byAnnouncer({ host }: Answering, { rightful, ip }: AnswerTable, all: readonly Answering[]): Cure | null {
  const said = rightful?.by === 'announcer' ? rightful.charges.find((one) => one.host === host.name) : undefined
  if (!said) return null
  const names = all.filter((one) => one.host === host).map(({ explanation }) => explanation.reply.interface)
  const addresses = valueOr(host.sections.addresses, [])
  const keep = names.find((name) => globalAddresses(addresses, name, isIpv4(ip) ? 4 : 6).length > 0) ?? names[0]
  if (keep === undefined) return null
  return {
    kind: 'interfaces',
    announcer: said.announcer,
    node: host.name,
    keep,
    objects: objectsOf(said),
    named: namedBy(said),
  }
}

function objectsOf({ choice }: Charge): readonly string[] {
  return 'objects' in choice ? (choice.objects ?? []) : []
}

function namedBy({ choice }: Charge): readonly string[] | null {
  if (choice.kind === 'names') return choice.names
  return choice.kind === 'patterns' ? choice.patterns : null
}
