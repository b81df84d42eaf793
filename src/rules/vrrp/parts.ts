import type { Attribution } from '../../facts/attribution.js'
import type { WireFacts } from '../../observe/model.js'
import type { VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { lastSaid } from '../../observe/vrrp/said.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { virtualRouterMac, virtualRouterName } from '../../wire/virtual-mac.js'
import type { Evidence, Fix, FixStep, Subject } from '../define.js'
import { sh } from '../shell.js'
import { segmentSubject } from '../subject.js'
import { frameEvidence } from '../wire/evidence.js'

/** What every finding about a virtual router carries. */
export interface RouterData {
  readonly protocol: 'vrrp' | 'carp'
  readonly vrid: number
  readonly family: 4 | 6
  readonly vlans: readonly number[]
  /** The addresses that it is about: those advertised, and those that its virtual MAC claims. */
  readonly vips: readonly string[]
}

/** A machine as a finding names it. */
export interface Machine {
  readonly ip: string
  readonly mac: string
  readonly node: string | null
  /** Of its last advert that was no resignation. */
  readonly priority: number | null
}

export function routerData(router: VirtualRouter, wire: WireFacts): RouterData {
  const { protocol, vrid, family, vlans } = router
  return { protocol, vrid, family, vlans: [...vlans], vips: vipsOf(router, wire) }
}

export function vipsOf(router: VirtualRouter, { addresses }: Pick<WireFacts, 'addresses'>): string[] {
  const mac = virtualRouterMac(router.vrid, router.family)
  const advertised = router.masters.flatMap(({ said }) => said.flatMap(({ addresses }) => addresses))
  const claimed = addresses.filter(
    ({ vlans, claims }) => isSameStack(vlans, router.vlans) && claims.some((claim) => claim.mac === mac),
  )
  return [...new Set([...advertised, ...claimed.map(({ ip }) => formatIp(ip))])]
}

export function isSameStack(one: readonly number[], other: readonly number[]): boolean {
  return one.join('.') === other.join('.')
}

/** `VRID 51`, `VRID 51 (IPv6) on VLAN 100`, `VHID 5`. */
export function routerName({ protocol, vrid, family, vlans }: Omit<RouterData, 'vips'>): string {
  const name = `${protocol === 'carp' ? 'VHID' : 'VRID'} ${vrid}${family === 6 ? ' (IPv6)' : ''}`
  return vlans.length > 0 ? `${name} on VLAN ${vlans.join('.')}` : name
}

export function routerSubject(router: VirtualRouter): Subject {
  return segmentSubject(routerName(router))
}

export function machineOf(master: VrrpMaster, attribution: Attribution): Machine {
  const own = ownMacs(master)
  const nodes = new Set(own.flatMap((mac) => attribution.ownersOf(mac)).map(({ node }) => node))
  return {
    ip: master.ip,
    mac: formatMac(own[0] ?? master.macs[0] ?? 0),
    node: nodes.size === 1 ? [...nodes][0]! : null,
    priority: lastSaid(master)?.priority ?? null,
  }
}

/** MACs of the machine, not of the virtual router. */
export function ownMacs({ macs }: VrrpMaster): Mac[] {
  return macs.filter((mac) => virtualRouterName(mac) === null)
}

/** `h1 (10.0.0.11)`, `10.0.0.11 (02:00:00:00:00:11)`. */
export function named({ ip, mac, node }: Machine): string {
  return node === null ? `${ip} (${mac})` : `${node} (${ip})`
}

/** The shorter form, for a step. */
export function shortName({ ip, node }: Machine): string {
  return node ?? ip
}

/** `10.0.0.240`, `10.0.0.240 and 2 more`. */
export function someOf(vips: readonly string[]): string {
  const [first] = vips
  if (first === undefined) return 'its addresses'
  return vips.length > 1 ? `${first} and ${vips.length - 1} more` : first
}

/** The frames in which a machine said something first and last. */
export function advertEvidence(master: VrrpMaster): Evidence[] {
  return master.said
    .slice(0, 2)
    .map(({ firstFrame, firstAt, ...said }) =>
      frameEvidence(firstFrame, firstAt, `advert of ${master.ip}: ${saidWords(said)}`),
    )
}

interface SaidWords {
  readonly priority: number
  readonly version: number
  readonly intervalMs: number
  readonly addresses: readonly string[]
}

function saidWords({ priority, version, intervalMs, addresses }: SaidWords): string {
  const list = addresses.length > 0 ? ` for ${addresses.slice(0, 4).join(', ')}${addresses.length > 4 ? ' …' : ''}` : ''
  return `version ${version}, priority ${priority}, every ${intervalMs / 1000} s${list}`
}

/** Where a machine keeps its VRRP settings, and what it says of adverts that it discards. */
export function lookAtConfiguration(machines: readonly Machine[], protocol: RouterData['protocol'] = 'vrrp'): FixStep {
  if (protocol === 'carp')
    return {
      kind: 'look',
      text: `On ${machines.map(shortName).join(' and ')}: state, advskew and demotion of each VHID, and what the kernel says of it`,
      run: sh`ifconfig | grep -E 'flags|carp:|vhid'; sysctl net.inet.carp; dmesg | grep -i carp | tail -n 30`,
    }
  return {
    kind: 'look',
    text: `On ${machines.map(shortName).join(' and ')}: the settings of the virtual router, and what keepalived says of it`,
    run: sh`grep -rnE 'vrrp_instance|interface|virtual_router_id|priority|advert_int|state|preempt|version|unicast' /etc/keepalived; journalctl -u keepalived --since -1h --no-pager | grep -i vrrp | tail -n 30`,
  }
}

/** The command that shows whether it is over. */
export function verifyRouter({ vips }: Pick<RouterData, 'vips'>): Fix['verify'] {
  const [first] = vips
  return first === undefined
    ? sh`l2doctor scan --passive --duration 30`
    : sh`l2doctor scan --vip ${first} --passive --duration 30`
}
