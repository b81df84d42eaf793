import { applyAll } from '../../answering/change/apply.js'
import type { Change } from '../../answering/change/model.js'
import { formatChange } from '../../answering/change/text.js'
import { wireInterfaces } from '../../answering/interfaces.js'
import type { Reason } from '../../answering/model.js'
import { predict } from '../../answering/predict.js'
import type { AnswerTable, SilentHost } from '../../facts/answers/model.js'
import { valueOr } from '../../known.js'
import { confKey, type EffectiveName, effective } from '../../node/effective.js'
import type { Host } from '../../node/model.js'
import { formatIp, isIpv4 } from '../../wire/ip.js'
import { globalAddresses, raisingScopes } from '../host-parts.js'
import { discoveryCures } from './discovery-cures.js'
import { filterCures, type HostCure } from './filter-cures.js'
import { putThere } from './putting.js'
import { routingCures } from './routing-cures.js'
import { heldOn, isAbsent, isResolved } from './silence.js'

/** Host changes that let it answer, best first; empty: none is known. */
export function hostCures(silent: SilentHost, host: Host, table: AnswerTable): readonly HostCure[] {
  const cures = [...curesOf(silent.deciding, silent.on, host, table), ...otherCures(silent, host, table)]
  return cures.flatMap((cure) => wholeCure(cure, silent, host, table) ?? [])
}

/** What takes more than the check that decided. */
function otherCures(silent: SilentHost, host: Host, table: AnswerTable): readonly HostCure[] {
  const held = heldOn(host, table).length > 0
  if (held) return silent.deciding.check === 'route' ? routingCures(silent, host, table) : []
  const named = table.rightful?.by === 'operator' && silent.charge === null && !isResolved(table)
  return named && isAbsent(silent) ? putThere(silent, host, table) : []
}

function curesOf(deciding: Reason, on: string, host: Host, table: AnswerTable): readonly HostCure[] {
  const name = deviceOf(deciding, on)
  const lower = (setting: EffectiveName, value: number, summary: string) =>
    lowered(host, name, setting, value, `${summary} (${host.name})`)
  switch (deciding.check) {
    case 'arp_ignore':
      return ignoreCures(host, table, name)
    case 'arp_filter':
      return lower('arp_filter', 0, `Let ${name} answer for addresses of other interfaces: arp_filter off`)
    case 'rp_filter':
      return lower('rp_filter', 2, `Let ${name} accept senders that are routed another way: loose rp_filter`)
    case 'drop_gratuitous_arp':
      return lower('drop_gratuitous_arp', 0, `Let ${name} accept announcements`)
    case 'NOARP':
      return [linkCure(host, name, 'arp', `Turn ARP on again on ${name}`)]
    case 'device up':
      return isDownByWill(host, name) ? [linkCure(host, name, 'up', `Set ${name} up`)] : []
    case 'packet filter':
      return filterCures(host, deciding, table.ip)
    default:
      return isIpv4(table.ip) ? [] : discoveryCures(deciding, on, name, host, table)
  }
}

/** So many things can keep one host silent, one behind the other, before a person should look. */
const MOST_CHANGES = 4

/** Where the host is still silent after it, for a reason that has a cure too, both together are the cure. Null: it changes nothing. */
function wholeCure(cure: HostCure, silent: SilentHost, host: Host, table: AnswerTable): HostCure | null {
  const { on, put } = silent
  let whole = cure
  while (whole.changes.length < MOST_CHANGES && table.vlans.length === 0) {
    const changed = applyAll(host, whole.changes)
    const { answers, because } = predict(changed, { target: table.ip, asker: put.asker, to: put.to, on })
    const deciding = answers === 'no' ? because.findLast(({ outcome }) => outcome === 'stops') : undefined
    if (whole === cure && deciding && isMissed(cure, deciding, silent)) return null
    const [next] = deciding
      ? [...curesOf(deciding, on, changed, table), ...otherCures({ ...silent, deciding }, changed, table)]
      : []
    if (!next || next.changes.some((change) => whole.changes.some((one) => isSame(one, change)))) break
    whole = {
      node: host.name,
      summary: `${whole.summary}. ${next.summary}`,
      before: [...(whole.before ?? []), ...(next.before ?? [])],
      after: [...(whole.after ?? []), ...(next.after ?? [])],
      changes: [...whole.changes, ...next.changes],
    }
  }
  return whole
}

/** A rule that lets something else through leaves the one that drops as it was. */
function isMissed({ changes: [change] }: HostCure, { setting, value }: Reason, { deciding }: SilentHost): boolean {
  return change?.kind === 'filter-add' && setting === deciding.setting && value === deciding.value
}

function isSame(one: Change, other: Change): boolean {
  return formatChange(one) === formatChange(other)
}

/** The device at which the check was made; without one, the interface that was asked. */
function deviceOf({ setting }: Reason, on: string): string {
  const [, scope] = /^net\.ipv[46]\.conf\.(.+)\.\w+$/.exec(setting) ?? []
  const [, link] = /^flags of (.+)$/.exec(setting) ?? []
  return scope?.replaceAll('/', '.') ?? link ?? on
}

/** On a node whose kube-ipvs0 holds every VIP the setting has to stay, so the address goes to the interface. */
function ignoreCures(host: Host, table: AnswerTable, name: string): readonly HostCure[] {
  const held = heldOn(host, table)
  if (held.some(({ device }) => device === name)) return answeringOwn(host, name)
  const loose = lowered(
    host,
    name,
    'arp_ignore',
    0,
    `Let ${name} of ${host.name} answer for addresses on other interfaces: arp_ignore 0`,
  )
  const ipvs = valueOr(host.sections.links, []).some(({ role }) => role === 'ipvs')
  const other = ipvs ? [moved(host, table, name), ...loose] : [...loose, moved(host, table, name)]
  return [...upAgain(host, table), ...other]
}

/** The address is on the interface itself, so 1 is enough; with one interface and nothing aside it is the same as 0. */
function answeringOwn(host: Host, name: string): readonly HostCure[] {
  const alone = wireInterfaces(host).length < 2 && !holdsAside(host)
  const value = alone ? 0 : 1
  return lowered(host, name, 'arp_ignore', value, `Let ${name} of ${host.name} answer again: arp_ignore ${value}`)
}

function holdsAside({ sections: { links, addresses } }: Host): boolean {
  const aside = valueOr(links, []).filter(({ role }) => ['loopback', 'dummy', 'ipvs'].includes(role))
  return aside.some(({ name }) => globalAddresses(valueOr(addresses, []), name).length > 0)
}

/** The interface that holds the address may have been set down. */
function upAgain(host: Host, table: AnswerTable): readonly HostCure[] {
  const down = heldOn(host, table).filter(({ device, aside }) => !aside && isDownByWill(host, device))
  return down.map(({ device }) => linkCure(host, device, 'up', `Set ${device} up, which holds the address`))
}

function moved(host: Host, table: AnswerTable, device: string): HostCure {
  const ip = formatIp(table.ip)
  const address = { ip, length: 32 }
  return {
    node: host.name,
    summary: `Put ${ip} on ${device} of ${host.name} too, the interface that is asked`,
    changes: [{ kind: 'address-add', address, device }],
  }
}

function lowered(host: Host, device: string, name: EffectiveName, value: number, summary: string): HostCure[] {
  const { sysctls } = host.sections
  const setting = sysctls.known ? effective(sysctls.value, name, device) : null
  if (!setting) return []
  const scopes = name === 'rp_filter' ? [device] : raisingScopes(setting, value)
  return [
    {
      node: host.name,
      summary,
      changes: scopes.map((scope) => ({ kind: 'sysctl', key: confKey(scope, name), value })),
    },
  ]
}

function linkCure(host: Host, device: string, flag: 'arp' | 'up', what: string): HostCure {
  return {
    node: host.name,
    summary: `${what} (${host.name})`,
    changes: [{ kind: 'link', device, flag, on: true }],
  }
}

/** Set down, not without carrier: a cable is not put in by a command. */
function isDownByWill({ sections: { links } }: Host, name: string): boolean {
  return valueOr(links, []).some((link) => link.name === name && !link.flags.includes('UP'))
}
