import { linkStack } from '../../answering/interfaces.js'
import type { Reason } from '../../answering/model.js'
import type { Host } from '../../node/model.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import type { Lacking } from '../announcements.js'
import type { Charge } from './charge.js'
import { explanation } from './explained.js'
import type { BrokenPath, HostAnswer, PutQuestion, Responder, Rightful, SilentHost } from './model.js'
import { holds, ownMacs } from './predicted.js'

/** Hosts whose answer is sure by the model, and of which nothing came back. */
export function brokenPaths(
  put: readonly PutQuestion[],
  predicted: readonly HostAnswer[],
  responders: readonly Responder[],
  hosts: readonly Host[],
  charges: readonly Charge[],
): readonly BrokenPath[] {
  const heard = (host: string) => responders.some((one) => isOf(one, host, hosts))
  const sure = predicted.filter(({ host, prediction }) => prediction.answers === 'yes' && !heard(host))
  const read = [...new Set(sure.map(({ host }) => host))].map((host) => brokenPath(host, sure, charges))
  const unread = charges.filter(
    ({ host, kernelHasASay }) =>
      // an answer of unknown origin may be its own
      responders.length === 0 && !kernelHasASay && !hosts.some(({ name }) => name === host),
  )
  const sent = put.filter(({ mode }) => mode !== 'probe').reduce((sum, one) => sum + one.sent, 0)
  return [...read, ...unread.map((charge) => ({ host: charge.host, explanation: null, charge, sent }))]
}

/** Whether an answer that was seen comes, or may come, from this host. */
function isOf({ mac, explanations, owners, behind }: Responder, host: string, hosts: readonly Host[]): boolean {
  return (
    explanations.some((one) => one.host === host) ||
    owners.some(({ node }) => node === host) ||
    behind.includes(host) ||
    hosts.some((one) => one.name === host && ownMacs(one).has(mac))
  )
}

function brokenPath(host: string, sure: readonly HostAnswer[], charges: readonly Charge[]): BrokenPath {
  const own = sure.filter((one) => one.host === host)
  const [first] = own
  const reply = first!.prediction.replies[0]!
  const puts = new Set(own.map(({ put }) => put))
  return {
    host,
    explanation: explanation(first!, reply, true, charges),
    charge: charges.find((one) => one.host === host) ?? null,
    sent: [...puts].reduce((sum, { sent }) => sum + sent, 0),
  }
}

/** Hosts that should answer ordinary requests, or hold the address where nobody says who should, and by the model do not. */
export function silentHosts(
  ip: Ip,
  predicted: readonly HostAnswer[],
  rightful: Rightful | null,
  hosts: readonly Host[],
  charges: readonly Charge[],
): readonly SilentHost[] {
  return hosts.flatMap((host) => {
    const expected = isExpected(host, rightful)
    if (!expected && !(rightful === null && holds(host, ip))) return []
    const own = predicted.filter(
      (one) => one.host === host.name && one.put.mode !== 'probe' && !isByDesign(one, charges),
    )
    const refused = own.filter(({ prediction }) => prediction.answers === 'no')
    const charge = charges.find((one) => one.host === host.name) ?? null
    const [first] = refused
    if (!first) {
      const open = own.every(({ prediction }) => prediction.answers === 'unknown') ? own[0] : undefined
      return open ? openHost(host, open, expected, charge) : []
    }
    if (own.some((one) => one.prediction.answers !== 'no' && one.put === first.put)) return []
    return [silentHost(ip, host, chosen(refused, host, ip), expected, charge)]
  })
}

/** Its announcer answers other kinds of request, and never this one. */
function isByDesign({ host, prediction: { answers, because } }: HostAnswer, charges: readonly Charge[]): boolean {
  const announces = charges.some((one) => one.host === host && !one.kernelHasASay)
  return announces && answers === 'no' && because.some(({ check }) => check === 'announcer kind')
}

function isExpected({ name, ...host }: Host, rightful: Rightful | null): boolean {
  if (rightful === null) return false
  if (rightful.by === 'operator') return rightful.macs.some((mac) => ownMacs({ name, ...host }).has(mac))
  // the first is whom the best source names
  return rightful.by === 'node' ? rightful.nodes.includes(name) : rightful.nodes[0] === name
}

/** Of several interfaces the one that holds the address tells most. */
function chosen(refused: readonly HostAnswer[], host: Host, ip: Ip): HostAnswer {
  const { links } = host.sections
  const held = heldDevices(host, ip)
  const stackOf = (on: string) => linkStack(links.known ? links.value : [], on)
  return refused.find(({ on }) => held.some((device) => stackOf(on).includes(device))) ?? refused[0]!
}

function silentHost(
  ip: Ip,
  host: Host,
  { on, put, prediction }: HostAnswer,
  expected: boolean,
  charge: Charge | null,
): SilentHost {
  const { because, missing, assumed } = prediction
  const restricted = charge?.lacking ? lacksInterface(charge.lacking, charge.title) : null
  const deciding = restricted ?? lastStop(because, heldDevices(host, ip)) ?? NOTHING
  return {
    host: host.name,
    on,
    put,
    expected,
    charge,
    deciding,
    because: restricted ? [restricted] : because,
    missing,
    assumed,
  }
}

/** Something that was not read, or cannot be, may be what keeps it silent. */
function openHost(
  { name }: Host,
  { on, put, prediction: { because, missing, assumed } }: HostAnswer,
  expected: boolean,
  charge: Charge | null,
): SilentHost[] {
  const deciding = because.findLast(({ outcome }) => outcome === 'doubt')
  return deciding ? [{ host: name, on, put, expected, charge, deciding, because, missing, assumed }] : []
}

const NOTHING: Reason = {
  check: 'snapshot',
  outcome: 'stops',
  setting: 'interfaces',
  value: 'none',
  from: 'ip link',
  text: 'no interface of this host faces the segment',
}

/** The check that ended it: where several devices saw the frame, on one that holds the address. */
function lastStop(because: readonly Reason[], held: readonly string[]): Reason | undefined {
  const stops = because.filter(({ outcome }) => outcome === 'stops')
  const keys = held.flatMap((device) => [`.${device.replaceAll('.', '/')}.`, `flags of ${device}`])
  return (
    stops.findLast(({ setting }) => keys.some((key) => setting.includes(key))) ??
    stops.findLast(({ check }) => check !== 'local address') ??
    stops.at(-1)
  )
}

function heldDevices({ sections: { addresses } }: Host, ip: Ip): string[] {
  const held = addresses.known ? addresses.value.filter((one) => one.ip === formatIp(ip)) : []
  return held.map((one) => one.interface)
}

/** The announcer is told to use interfaces that its node does not have. */
function lacksInterface({ host, wanted, objects, path, has }: Lacking, title: string): Reason {
  const text = `${title} announces only on the interface ${wanted.join(', ')} (${objects.join(', ')}), and ${host} has no such interface; it has ${has.join(', ') || 'none that faces the segment'}`
  const setting = `${objects[0] ?? title} ${path}`
  return {
    check: 'announcer interfaces',
    outcome: 'stops',
    setting,
    value: wanted.join(', '),
    from: 'the cluster',
    text,
  }
}
