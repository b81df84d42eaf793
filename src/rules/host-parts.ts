import { confKey, type Effective } from '../node/effective.js'
import type { InterfaceAddress, Link } from '../node/model.js'
import { formatIpv4, type Ipv4 } from '../wire/ipv4.js'
import type { Evidence, Fix, Subject } from './define.js'
import type { HostIdentity } from './define-host-rule.js'
import { inTurn, type ShellCommand, sh } from './shell.js'

/** What host rules share: subjects, evidence and the fix of a sysctl. */

export function nodeSubject(host: HostIdentity): Subject {
  return { kind: 'node', id: host.name }
}

export function interfaceSubject(host: HostIdentity, name: string): Subject {
  return { kind: 'interface', id: `${host.name}/${name}` }
}

export function commandEvidence(host: HostIdentity, command: ShellCommand, output: string): Evidence {
  return { kind: 'command', host: host.name, command, output }
}

/** Both inputs and what the kernel makes of them. */
export function sysctlEvidence(host: HostIdentity, { key, allKey, all, own, value, combine }: Effective): Evidence {
  const inputs = all === null ? [`${key} = ${own}`] : [`${allKey} = ${all}`, `${key} = ${own}`]
  const joined = all === null ? [] : [`effective: ${value} (the kernel takes the ${COMBINED[combine]})`]
  return commandEvidence(host, sh`sysctl ${all === null ? key : [allKey, key]}`, [...inputs, ...joined].join('\n'))
}

const COMBINED: Record<Effective['combine'], string> = {
  max: 'larger of the two',
  or: 'OR of the two',
  and: 'AND of the two',
  interface: 'value of the interface alone',
}

/** Interfaces with an IP layer of their own that are up and reach the segment: what answers ARP for addresses of the host. */
export function segmentInterfaces(links: readonly Link[]): Link[] {
  return links.filter(
    ({ facesSegment, role, flags }) =>
      facesSegment && role !== 'bridge-port' && role !== 'bond-member' && flags.includes('UP'),
  )
}

/** Global IPv4 addresses of one interface. */
export function globalAddresses(addresses: readonly InterfaceAddress[], name: string): InterfaceAddress[] {
  return addresses.filter((held) => held.interface === name && held.family === 4 && held.scope === 'global')
}

/** Pods or kube-proxy's device: this machine is a Kubernetes node, not just any Linux host. */
export function looksLikeClusterNode(links: readonly Link[]): boolean {
  return links.some(({ role }) => role === 'cni-veth' || role === 'ipvs')
}

export function vipTexts(vips: readonly Ipv4[]): string[] {
  return vips.map(formatIpv4)
}

export interface SysctlChange {
  /** Host name. */
  readonly node: string
  /** An interface, or `all`. */
  readonly scopes: readonly string[]
  readonly name: string
  readonly value: number
  readonly was: number
  readonly summary: string
  readonly risk?: Fix['risk']
  readonly sideEffects?: readonly string[]
}

/** A sysctl set now and for the next boot. Existing interfaces ignore `conf.default`, so it is left alone. */
export function sysctlFix(change: SysctlChange): Fix {
  const keys = change.scopes.map((scope) => confKey(scope, change.name))
  const set = (value: number) => inTurn(keys.map((key) => sh`sysctl -w ${key}=${value}`))
  const file = '/etc/sysctl.d/90-l2-vip.conf'
  return {
    summary: change.summary,
    risk: change.risk ?? 'none',
    where: 'node',
    node: change.node,
    steps: [
      { kind: 'runtime', text: 'Set it now', run: set(change.value) },
      {
        kind: 'persistent',
        text: `Keep it over a reboot: ${file} (a later file, or the CNI, may set it again: look with the verify step after the next boot)`,
        run: sh`printf '%s\\n' ${keys.map((key) => `${key} = ${change.value}`)} >> ${file}`,
      },
    ],
    ...(change.sideEffects ? { sideEffects: change.sideEffects } : {}),
    verify: sh`sysctl ${keys}`,
    undo: `${set(change.was)}; take the lines out of ${file}`,
  }
}

/** The scopes to change so that the effective value of an interface falls: whichever of `all` and its own raises it. */
export function raisingScopes({ all, own, interface: name }: Effective, above = 0): string[] {
  return [...(all !== null && all > above ? ['all'] : []), ...(own > above ? [name] : [])]
}
