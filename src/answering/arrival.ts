import type { Link } from '../node/model.js'
import { type Ip, isIpv4 } from '../wire/ip.js'
import { isGroupMac } from '../wire/mac.js'
import type { Held } from './addresses.js'
import { Trace } from './asked.js'
import { passesFilters } from './filters.js'
import { type Arrival, type Frame, isDown, onto, requestPacket, stopped } from './frame.js'
import type { HostView } from './host-view.js'
import { throughBond, throughBridge } from './masters.js'
import type { Question, Solicitation } from './model.js'
import { doubtPrograms } from './programs.js'

/** The devices on which the stack sees a request: __netif_receive_skb_core() in net/core/dev.c. */
export function arrivalsOf(view: HostView, on: Link, question: Question): Arrival[] {
  const { to, vlan = null, target } = question
  const asker = question.asker ?? (isIpv4(target) ? 0 : 0n)
  const packet = to === null || isGroupMac(to) ? 'broadcast' : on.mac === null || on.mac === to ? 'host' : 'other'
  const frame = {
    device: on,
    below: [],
    packet,
    to,
    target,
    asker,
    solicitation: solicitationOf(question),
    trace: new Trace(),
  } as const
  if (!isDown(on)) return climb(view, { ...frame, vlan: vlan === 0 ? null : vlan })
  const text = `${on.name} is down or has no carrier, so it receives no frame`
  const [setting, value] = [`flags of ${on.name}`, on.flags.join(',')]
  frame.trace.note({ check: 'device up', outcome: 'stops', setting, value, from: 'ip link', text })
  return stopped({ ...frame, vlan })
}

function solicitationOf({ asker, solicitation = {} }: Question): Solicitation {
  const { hopLimit = 255, sourceLinkAddress = asker !== null, fragment = false } = solicitation
  return { hopLimit, sourceLinkAddress, fragment }
}

/** One round: VLAN devices come before the master, and the master before macvlans. */
function climb(view: HostView, frame: Frame): Arrival[] {
  const { device, trace } = frame
  doubtPrograms(view, device, 'ingress', frame.target, trace)
  if (!passesFilters(view, 'netdev', 'ingress', requestPacket(frame), trace)) return stopped(frame)
  const vlanDevice = frame.vlan === null ? undefined : vlanOf(view, device, frame.vlan)
  if (vlanDevice) return climb(view, untagged(frame, vlanDevice))
  const master = device.master === null ? undefined : view.links.get(device.master)
  if (master?.kind === 'bond' || master?.kind === 'team') return fromBond(view, frame, master)
  if (device.bridgePort && master) return fromBridge(view, frame, master)
  if (master && master.kind !== 'vrf') return intoUnknown(frame, master)
  return frame.vlan === null ? besides(view, frame) : noVlanDevice(frame)
}

function fromBond(view: HostView, frame: Frame, bond: Link): Arrival[] {
  const next = throughBond(view, frame, bond)
  return next ? climb(view, next) : stopped(frame)
}

function fromBridge(view: HostView, frame: Frame, bridge: Link): Arrival[] {
  const { next, replies } = throughBridge(view, frame, bridge)
  const [first, ...more] = next ? climb(view, next) : stopped(frame)
  return first ? [{ ...first, replies: [...replies, ...first.replies] }, ...more] : []
}

function vlanOf(view: HostView, device: Link, vlan: number): Link | undefined {
  return childrenOf(view, device, ['vlan']).find(({ vlanId, flags }) => vlanId === vlan && flags.includes('UP'))
}

/** vlan_do_receive(): a frame for the VLAN device's own MAC is for this host. */
function untagged(frame: Frame, device: Link): Frame {
  const packet = frame.packet === 'other' && frame.to === device.mac ? 'host' : frame.packet
  return onto(frame, device, { vlan: null, packet })
}

function noVlanDevice(frame: Frame): Arrival[] {
  const { device, vlan } = frame
  const text = `no device of ${device.name} receives VLAN ${vlan}`
  const setting = `VLAN devices of ${device.name}`
  frame.trace.note({ check: 'VLAN', outcome: 'stops', setting, value: 'none', from: 'ip -d link', text })
  return stopped(frame)
}

/** Open vSwitch and the like forward by flows of their own. */
function intoUnknown(frame: Frame, master: Link): Arrival[] {
  const missing = `what ${master.name} (${master.kind ?? 'of unknown kind'}) does with frames of ${frame.device.name}`
  frame.trace.doubt('master', missing, true)
  return stopped(frame)
}

/** macvlan_handle_frame(), ipvlan_handle_frame(): broadcasts reach the device and all that stand beside it; the rest by MAC. */
function besides(view: HostView, frame: Frame): Arrival[] {
  const here: Arrival = { ...frame, stopped: false, replies: [] }
  const beside = childrenOf(view, frame.device, ['macvlan', 'ipvlan']).filter(
    ({ macvlanMode }) => macvlanMode !== 'source',
  )
  if (beside.length === 0) return [here]
  if (frame.packet === 'broadcast') {
    const receiving = beside.filter((link) => !isDown(link))
    return [here, ...receiving.flatMap((device) => climb(view, onto(frame, device, { trace: frame.trace.branch() })))]
  }
  const passthru = beside.find(({ macvlanMode }) => macvlanMode === 'passthru')
  const owner = passthru ?? beside.find((link) => isFor(view, link, frame))
  // one that is down takes its frames all the same, and drops them
  return owner ? climb(view, onto(frame, owner, { packet: 'host' })) : [here]
}

/** A macvlan has a MAC of its own; an ipvlan has its parent's, and is found by the target. */
function isFor(view: HostView, { kind, mac, name }: Link, { to, target }: Frame): boolean {
  if (kind === 'macvlan') return mac === to
  const held: readonly Held<Ip>[] = (isIpv4(target) ? view.heldBy.get(name) : view.six.heldBy.get(name)) ?? []
  return mac === to && held.some(({ ip }) => ip === target)
}

function childrenOf(view: HostView, parent: Link, kinds: readonly string[]): Link[] {
  return (view.children.get(parent.name) ?? []).filter(({ kind }) => kinds.includes(kind ?? ''))
}
