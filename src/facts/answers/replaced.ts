import { heldAddresses, heldAddresses6, inSubnetOf, widthOf } from '../../answering/addresses.js'
import { linkStack } from '../../answering/interfaces.js'
import { valueOr } from '../../known.js'
import { addressesByIp } from '../../node/lookups.js'
import type { Host } from '../../node/model.js'
import type { AddressFacts, WireFacts } from '../../observe/model.js'
import { classifyResponder, isProxyClass } from '../../probe/classify.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { vridOf } from '../../wire/virtual-mac.js'
import type { Charge } from './charge.js'
import { explanation } from './explained.js'
import type { HostAnswer, PutQuestion, Replaced, Responder, Rightful } from './model.js'
import { ownMacs } from './predicted.js'

/** Fewer requests without an answer of it may be lost frames. */
const FEWEST_REQUESTS = 3

/**
 * Hosts that hold the address where it is asked for and answer by all that was read of them, while every answer comes from
 * machines that nobody knows. Not those that such a machine may belong to, or stand in for.
 */
export function replacedHosts(
  ip: Ip,
  seen: AddressFacts,
  predicted: readonly HostAnswer[],
  responders: readonly Responder[],
  hosts: readonly Host[],
  rightful: Rightful | null,
  wire: Pick<WireFacts, 'senders' | 'capture'>,
): readonly Replaced[] {
  if (responders.length === 0 || !responders.every((one) => isUnknown(one, seen))) return []
  if (responders.some(({ mac }) => advertises(mac, ip, wire))) return []
  return hosts.flatMap((host) => {
    if (!isRightful(host, rightful) || responders.some((one) => standsFor(one, host, wire))) return []
    const due = predicted.filter((one) => one.host === host.name && isDue(one, host, ip, rightful))
    const [first] = due
    const sent = [...new Set(due.map(({ put }) => put))].reduce((sum, one) => sum + one.sent, 0)
    if (!first || sent < FEWEST_REQUESTS) return []
    const reply = first.prediction.replies[0]!
    return [{ host: host.name, explanation: explanation(first, reply, true, chargesOf(rightful)), sent }]
  })
}

/** Who holds an address is right where nobody names another machine. */
function isRightful({ name }: Host, rightful: Rightful | null): boolean {
  return rightful === null || (rightful.by !== 'operator' && rightful.nodes.includes(name))
}

/** Of no host and no node; what has the marks of a proxy is judged by itself. */
function isUnknown({ claim, explanations, against, owners, behind }: Responder, seen: AddressFacts): boolean {
  const known = explanations.length + against.length + owners.length + behind.length > 0
  return !known && !isProxyClass(classifyResponder(claim, seen))
}

/** The machine says by VRRP that it is master of a router with this address: the rules on VRRP judge who is right. */
function advertises(mac: Mac, ip: Ip, { capture: { vrrp } }: Pick<WireFacts, 'capture'>): boolean {
  const text = formatIp(ip)
  return vrrp.routers.some(({ masters, vrid }) =>
    masters.some(({ macs, said }) => {
      const isItsOwn = macs.includes(mac) || vridOf(mac) === vrid
      return isItsOwn && said.some(({ addresses }) => addresses.includes(text))
    }),
  )
}

/** It answers for another address of the host too, or has the virtual MAC of a router that the host is a member of. */
function standsFor({ mac }: Responder, host: Host, { senders }: Pick<WireFacts, 'senders'>): boolean {
  const { addresses, keepalived } = host.sections
  const own = new Set(valueOr(addresses, []).map((one) => one.ip))
  const claimed = senders.find((one) => one.mac === mac)?.addresses ?? []
  const others = claimed.some((ip) => own.has(formatIp(ip)))
  const vrid = vridOf(mac)
  const member = vrid !== null && keepalived.known && keepalived.value.instances.some((one) => one.vrid === vrid)
  return ownMacs(host).has(mac) || others || member
}

function chargesOf(rightful: Rightful | null): readonly Charge[] {
  return rightful?.by === 'announcer' ? rightful.charges : []
}

/**
 * Its kernel holds the address on the very interface that the request reaches, or its announcer is the first in charge; on the
 * segment by the word of the asker's own address.
 */
function isDue({ on, put, prediction }: HostAnswer, host: Host, ip: Ip, rightful: Rightful | null): boolean {
  const [reply] = prediction.replies
  if (prediction.answers !== 'yes' || !reply) return false
  const stack = linkStack(valueOr(host.sections.links, []), on)
  const held = addressesByIp(valueOr(host.sections.addresses, []), formatIp(ip))
  const holds = reply.path === 'local' && held.some((one) => stack.includes(one.interface))
  const announces = reply.path === 'announcer' && rightful?.by === 'announcer' && rightful.nodes[0] === host.name
  return (holds || announces) && isNeighbour(put, host, stack)
}

/** An asker outside of its subnets may be on another segment. */
function isNeighbour(
  { mode, asker }: PutQuestion,
  { sections: { addresses } }: Host,
  stack: readonly string[],
): boolean {
  if (mode === 'probe' || asker === null) return false
  const here = valueOr(addresses, []).filter((one) => stack.includes(one.interface))
  const own = [...heldAddresses(here), ...heldAddresses6(here)]
  return own.some((one) => one.length < widthOf(one.ip) && inSubnetOf(asker, one))
}
