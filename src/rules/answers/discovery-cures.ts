import type { Change } from '../../answering/change/model.js'
import { linkStack } from '../../answering/interfaces.js'
import type { Reason } from '../../answering/model.js'
import { detectsForLong } from '../../answering/settings.js'
import type { AnswerTable } from '../../facts/answers/model.js'
import { valueOr } from '../../known.js'
import { confKey, effective6 } from '../../node/effective.js'
import { addressesByIp } from '../../node/lookups.js'
import type { Host } from '../../node/model.js'
import { formatIp } from '../../wire/ip.js'
import { alone } from '../host-parts.js'
import { sh } from '../shell.js'
import type { HostCure } from './filter-cures.js'
import { isBehind, subnetOf } from './putting.js'

/** What lets a host answer solicitations, by the check of `answering/nd` that stops it; empty: this one is none of them. */
export function discoveryCures(
  { check }: Reason,
  on: string,
  device: string,
  host: Host,
  table: AnswerTable,
): readonly HostCure[] {
  const subnet = subnetOf(host, on, table.ip)
  const standsBefore = subnet !== null && isBehind(host, table.ip, subnet)
  switch (check) {
    case 'DAD':
      return detectedAgain(host, table)
    case 'address on interface':
      return putToo(host, on, table)
    case 'disable_ipv6':
      return [ipv6On(host, device, table)]
    case 'proxy_ndp':
      return standsBefore ? [proxyOn(host, device)] : []
    case 'forwarding':
      return standsBefore ? forwardingOn(host) : []
    default:
      return []
  }
}

function cure(host: Host, summary: string, changes: readonly Change[]): HostCure {
  return { node: host.name, summary: `${summary} (${host.name})`, changes }
}

function setting(scope: string, name: string, value: number): Change {
  return { kind: 'sysctl', key: confKey(scope, name, 6), value }
}

/** The kernel took all addresses of the device away; the one that somebody asks for comes back with it. */
function ipv6On(host: Host, device: string, { ip, rightful }: AnswerTable): HostCure {
  const address = { ip: formatIp(ip), length: 128 }
  const isNamed = rightful?.by === 'operator'
  const text = `IPv6 addresses of ${device}: the kernel removed them, and its configuration should bring them back`
  return {
    ...cure(host, `Switch IPv6 on again on ${device}`, [
      setting(device, 'disable_ipv6', 0),
      ...(isNamed ? [{ kind: 'address-add', address, device } as const] : []),
    ]),
    before: [{ kind: 'look', text, run: sh`ip -6 address show dev ${device}` }],
  }
}

function proxyOn(host: Host, device: string): HostCure {
  return cure(host, `Let ${device} answer for its proxy entries: proxy_ndp on`, [setting(device, 'proxy_ndp', 1)])
}

/** The kernel tries again only when the address is added again. One that is tentative for a moment needs nothing. */
function detectedAgain(host: Host, { ip }: AnswerTable): readonly HostCure[] {
  const held = addressesByIp(valueOr(host.sections.addresses, []), formatIp(ip))
  return held.flatMap(({ interface: device, prefix, flags = [] }) => {
    const isSlow = detectsForLong(transmits(host, device))
    if (!flags.includes('dadfailed') && !isSlow) return []
    const address = { ip: formatIp(ip), length: prefix }
    const summary = `Let ${device} detect duplicates of ${address.ip} again: take the address off and put it back`
    const changes: readonly Change[] = [
      ...(isSlow ? [setting(device, 'dad_transmits', 1)] : []),
      { kind: 'address-del', address, device },
      { kind: 'address-add', address, device },
    ]
    const text = 'After some two seconds: does the line say neither tentative nor dadfailed?'
    const run = sh`ip -6 address show to ${alone(address.ip)}`
    return { ...cure(host, summary, changes), after: [{ kind: 'look', text, run } as const] }
  })
}

function transmits({ sections: { sysctls } }: Host, device: string): number {
  return (sysctls.known ? effective6(sysctls.value, 'dad_transmits', device)?.value : undefined) ?? 1
}

/** IPv6 answers on no other interface than the one that has the address. */
function putToo(host: Host, on: string, { ip }: AnswerTable): readonly HostCure[] {
  const stack = linkStack(valueOr(host.sections.links, []), on)
  const device = subnetOf(host, on, ip)?.device ?? (stack.length === 1 ? on : null)
  if (device === null) return []
  const address = { ip: formatIp(ip), length: 128 }
  return [
    cure(host, `Put ${address.ip} on ${device} too, the interface that is asked`, [
      { kind: 'address-add', address, device },
    ]),
  ]
}

/** `all` copies its value to every interface, so that only where none forwards it can be taken back. */
function forwardingOn(host: Host): readonly HostCure[] {
  const { sysctls, routes } = host.sections
  if (!sysctls.known || !routes.known) return []
  const scopes = Object.entries(sysctls.value.ipv6)
  if (scopes.some(([scope, { forwarding = 0 }]) => scope !== 'default' && forwarding !== 0)) return []
  // a router takes advertisements only where accept_ra is 2, and loses the routes that it had from them
  const advertised = routes.value.filter(({ family, protocol }) => family === 6 && protocol === 'ra')
  const devices = [...new Set(advertised.flatMap(({ hops }) => hops.flatMap(({ device }) => device ?? [])))]
  const kept = devices.filter((device) => sysctls.value.ipv6[device]?.['accept_ra'] === 1)
  return [
    cure(host, 'Let it forward, without which a proxy entry has no effect', [
      ...kept.map((device) => setting(device, 'accept_ra', 2)),
      setting('all', 'forwarding', 1),
    ]),
  ]
}
