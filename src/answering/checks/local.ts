import { scoped } from '../../node/effective.js'
import { type Asked, SILENT, type Verdict } from '../asked.js'
import { MERGED } from '../host-view.js'
import { lookUp, vrfOf } from '../routing.js'
import { isIgnored } from './arp-ignore.js'

const ANSWERED: Verdict = { kind: 'reply', path: 'local', delayMs: 0 }
const PERHAPS: Verdict = { kind: 'open', path: 'local' }

/** arp_process: a probe is answered where the local table has its target, and by nothing else. */
export function probe(asked: Asked): Verdict | null {
  if (asked.request.asker !== 0) return null
  const local = isLocal(asked)
  if (local === null) return PERHAPS
  if (!local) return SILENT
  const ignored = isIgnored(asked)
  if (ignored === null) return PERHAPS
  return ignored ? SILENT : ANSWERED
}

/** inet_addr_type_dev_table() == RTN_LOCAL: one table, whatever the policy rules say. */
function isLocal(asked: Asked): boolean | null {
  const { view, device, request } = asked
  if (view.gapOf('routes')) return asked.doubtSection('routes')
  const vrf = vrfOf(view, device.name)
  if (vrf !== null && vrf.vrfTable === undefined) return asked.trace.doubt('VRF', `the table of ${vrf.name}`)
  const name = vrf?.vrfTable ?? 'local'
  const table = view.tables.get(name === 'local' && !view.customRules ? MERGED : name)
  const found = table?.find(request.target) ?? null
  const local = found !== null && !('refusal' in found) && found.route.type === 'local'
  noteHolder(asked, local, name)
  return local
}

/** Says which device holds the target, or that none does. */
function noteHolder(asked: Asked, local: boolean, table = 'local'): void {
  const holders = asked.view.holders.get(asked.request.target) ?? []
  const value = holders.map(({ device, length }) => `${asked.target}/${length} dev ${device}`).join(', ') || 'none'
  const text = local
    ? `${asked.target} is local${holders.length > 0 ? ` (on ${holders.map(({ device }) => device).join(', ')})` : ''}`
    : `${asked.target} is not a local address of this host`
  const from = `ip route show table ${table}; ip addr`
  asked.note('local address', local ? 'passes' : 'stops', { setting: `address ${asked.target}`, value, from, text })
}

/** arp_process: RTN_LOCAL. */
export function localTarget(asked: Asked): Verdict | null {
  const { route } = asked
  if (route?.kind !== 'route' || route.type !== 'local') return null
  noteHolder(asked, true)
  const ignored = isIgnored(asked)
  if (ignored === true) return SILENT
  const filtered = isFiltered(asked)
  if (filtered === true) return SILENT
  if (ignored === null || filtered === null) return PERHAPS
  return isTableFull(asked) ? PERHAPS : ANSWERED
}

/** neigh_event_ns(): the sender needs an entry, which a full table may refuse (gc_thresh3); nobody can tell what it lets go. */
function isTableFull(asked: Asked): boolean {
  const { neighbours, sysctls } = asked.view.host.sections
  const most = sysctls.known ? scoped(sysctls.value.neigh4, 'default', 'gc_thresh3') : null
  if (most === null || !neighbours.known) return false
  const four = neighbours.value.filter(({ family }) => family === 4)
  const counted = four.filter(({ states }) => !states.includes('PERMANENT') && !states.includes('NOARP')).length
  const has = four.some(({ ip, interface: device }) => ip === asked.asker && device === asked.device.name)
  if (counted < most || has) return false
  asked.trace.doubt(
    'neighbour table',
    `whether the neighbour table (${counted} entries, gc_thresh3 ${most}) has room for ${asked.asker}`,
  )
  return true
}

/** arp_filter(): the way back from the target to the sender must leave by the device. */
function isFiltered(asked: Asked): boolean | null {
  const setting = asked.setting('arp_filter')
  if (setting === null) return null
  if (setting.value === 0) return false
  const { device, view, request } = asked
  const vrf = vrfOf(view, device.name)?.name ?? null
  const back = lookUp(view, { to: request.asker, from: request.target, input: 'lo', output: null, vrf })
  if (back.kind === 'open') return asked.trace.doubt('arp_filter', back.missing)
  const by = back.kind === 'refused' ? [] : back.type === 'local' ? ['lo'] : back.devices
  if (by.length > 1 && by.includes(device.name)) {
    return asked.trace.doubt('arp_filter', `which next hop of ${back.text} is taken`)
  }
  const filtered = by[0] !== device.name
  const text = `arp_filter is on, and the way from ${asked.target} to ${asked.asker} ${filtered ? 'does not leave' : 'leaves'} by ${device.name} (${back.text})`
  asked.decide('arp_filter', filtered ? 'stops' : 'passes', setting, text)
  return filtered
}
