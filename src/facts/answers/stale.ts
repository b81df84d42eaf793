import { valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import type { Question } from '../question.js'
import type { Responder, Rightful, StaleEntry } from './model.js'
import { holds, ownMacs } from './predicted.js'

/** Entries that lead nowhere are none (FAILED, INCOMPLETE); those of the holder itself are its own business. */
const DEAD = new Set(['FAILED', 'INCOMPLETE', 'NOARP', 'NONE'])

/** Entries of neighbour tables for the address that lead to none of the machines that answer: the asker's own first, then the hosts'. */
export function staleEntries(
  ip: Ip,
  vlans: readonly number[],
  responders: readonly Responder[],
  hosts: readonly Host[],
  rightful: Rightful | null,
  { own }: Pick<Question, 'own'>,
): readonly StaleEntry[] {
  if (responders.length === 0) return []
  const answering = responders.map(({ mac }) => mac)
  const right = machinesOf(responders, hosts)
  const isStale = ({ mac, states }: Pick<StaleEntry, 'mac' | 'states'>) =>
    !answering.includes(mac) && !right.has(mac) && !states.some((state) => DEAD.has(state))
  // its own table was read before it asked, so that of the asker's snapshot says nothing more
  const asker = own.neighbours ? hosts.find((host) => own.macs.some((mac) => ownMacs(host).has(mac))) : undefined
  const others = hosts.filter((host) => host !== asker).flatMap((host) => entriesOf(host, ip))
  const open = !responders.some((one) => isKnown(one, hosts, rightful))
  const due = open ? hosts.filter(isDue(ip, rightful)) : []
  return [...ownEntries(ip, vlans, own), ...others].filter(isStale).map((one) => ({
    ...one,
    answering,
    rightTo: due.find((host) => ownMacs(host).has(one.mac))?.name ?? null,
    open,
  }))
}

/** A machine that somebody can name, or that the operator expects. */
export function isKnown(
  { mac, owners, behind }: Responder,
  hosts: readonly Host[],
  rightful: Rightful | null,
): boolean {
  const named = owners.length > 0 || behind.length > 0 || hosts.some((host) => ownMacs(host).has(mac))
  return named || (rightful?.by === 'operator' && rightful.macs.includes(mac))
}

/** A host that has the address, or of which somebody says that it should. */
export function isDue(ip: Ip, rightful: Rightful | null): (host: Host) => boolean {
  const nodes = rightful && rightful.by !== 'operator' ? rightful.nodes : []
  return (host) => holds(host, ip) || nodes.includes(host.name)
}

type Entry = Omit<StaleEntry, 'answering' | 'rightTo' | 'open'>

/** The interface that was looked at sends untagged frames: what it has in its table is about no VLAN of a trunk. */
function ownEntries(ip: Ip, vlans: readonly number[], { neighbours = [] }: Question['own']): Entry[] {
  if (vlans.length > 0) return []
  return neighbours.filter((one) => one.ip === ip).map(({ ip: _, host = null, ...entry }) => ({ host, ...entry }))
}

function entriesOf(host: Host, ip: Ip): Entry[] {
  const text = formatIp(ip)
  return valueOr(host.sections.neighbours, []).flatMap(({ ip: about, interface: name, mac, states }) => {
    if (about !== text || mac === null || ownMacs(host).has(mac)) return []
    return [{ host: host.name, interface: name, mac, states }]
  })
}

/** Every MAC of the hosts that answer: a frame to another interface of theirs arrives all the same. */
export function machinesOf(responders: readonly Responder[], hosts: readonly Host[]): ReadonlySet<Mac> {
  const named = new Set(responders.flatMap(({ owners }) => owners.map(({ node }) => node)))
  const answer = (host: Host) => named.has(host.name) || responders.some(({ mac }) => ownMacs(host).has(mac))
  return new Set(hosts.filter(answer).flatMap((host) => [...ownMacs(host)]))
}
