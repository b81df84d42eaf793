import type { BridgeVlan, Link } from '../node/model.js'
import { answeredByBridge } from './bridge-proxies.js'
import { passesFilters } from './filters.js'
import { type Frame, isDown, onto, requestPacket } from './frame.js'
import type { HostView } from './host-view.js'
import type { Reply } from './model.js'

/**
 * bond_handle_frame(): the frame at the bond; null where it ends at the member. A member that is not in use takes no
 * broadcasts, and nothing at all in active-backup.
 */
export function throughBond(view: HostView, frame: Frame, bond: Link): Frame | null {
  const { device, trace } = frame
  const stop = (text: string, value: string) => {
    trace.note({
      check: 'bond member',
      outcome: 'stops',
      setting: `active member of ${bond.name}`,
      value,
      from: `/proc/net/bonding/${bond.name}`,
      text,
    })
    return null
  }
  if (isDown(bond)) return stop(`${bond.name} is down`, 'none')
  const active = activeOf(view, bond)
  const single = ['active-backup', 'balance-alb', 'balance-tlb'].includes(bond.bond?.mode ?? '')
  if (!single || active === device.name) return onto(frame, bond)
  if (active === null) trace.doubt('bond member', `which member of ${bond.name} is active`)
  else if (bond.bond?.mode === 'active-backup' || frame.packet === 'broadcast') {
    return stop(`${bond.name} takes nothing from ${device.name} while ${active} is its active member`, active)
  }
  return onto(frame, bond)
}

function activeOf(view: HostView, { name, bond }: Link): string | null {
  const { bonding } = view.host.sections
  const read = bonding.known ? bonding.value.find((one) => one.bond === name) : undefined
  return bond?.activeMember ?? read?.activeMember ?? null
}

/** What becomes of a frame at a bridge port: the frame at the bridge device, null where it ends, and what the bridge answers. */
export interface Bridged {
  readonly next: Frame | null
  readonly replies: readonly Reply[]
}

const ENDS: Bridged = { next: null, replies: [] }

/** br_handle_frame(): from a port up to the bridge device. */
export function throughBridge(view: HostView, frame: Frame, bridge: Link): Bridged {
  const { device, trace } = frame
  const state = device.bridgePort?.state ?? null
  if (isDown(bridge) || (state !== null && state !== 'forwarding')) {
    const text = `the bridge port ${device.name} forwards nothing: ${isDown(bridge) ? `${bridge.name} is down` : `its state is ${state}`}`
    trace.note({
      check: 'bridge port',
      outcome: 'stops',
      setting: `state of ${device.name}`,
      value: state ?? 'disabled',
      from: 'bridge link',
      text,
    })
    return ENDS
  }
  if (!passesFilters(view, 'bridge', 'prerouting', requestPacket(frame), trace)) return ENDS
  const vlan = bridge.bridge?.vlanFiltering ? filteredVlan(view, frame, bridge) : frame.vlan
  if (vlan === 'dropped') return ENDS
  if (device.bridgePort?.locked)
    trace.doubt('bridge port', `whether the locked port ${device.name} takes frames of the asker`)
  const replies = answeredByBridge(view, frame, bridge)
  const packet = frame.packet === 'other' && frame.to === bridge.mac ? 'host' : frame.packet
  const passes = passesFilters(view, 'bridge', 'input', requestPacket(frame), trace)
  return { next: passes ? onto(frame, bridge, { vlan, packet }) : null, replies }
}

/** br_allowed_ingress() and br_pass_frame_up(): the tag with which the bridge device sees the frame. */
function filteredVlan(view: HostView, frame: Frame, bridge: Link): number | null | 'dropped' {
  const { bridgeVlans } = view.host.sections
  if (!bridgeVlans.known) return frame.trace.doubt('VLAN', `the VLANs of ${bridge.name}`) ?? frame.vlan
  const of = (name: string) => bridgeVlans.value.filter((one) => one.interface === name)
  const vid = frame.vlan ?? of(frame.device.name).find(({ pvid }) => pvid)?.vid ?? null
  const stop = (where: string) => {
    const text = `${where} is not in VLAN ${vid ?? '(none)'}, so ${bridge.name} does not see the frame`
    frame.trace.note({
      check: 'VLAN',
      outcome: 'stops',
      setting: `VLANs of ${where}`,
      value: vidsOf(of(where)),
      from: 'bridge vlan',
      text,
    })
    return 'dropped' as const
  }
  if (vid === null || !of(frame.device.name).some((one) => one.vid === vid)) return stop(frame.device.name)
  const own = of(bridge.name).find((one) => one.vid === vid)
  if (!own) return stop(bridge.name)
  return own.untagged ? null : vid
}

function vidsOf(vlans: readonly BridgeVlan[]): string {
  return vlans.map(({ vid }) => vid).join(', ') || 'none'
}
