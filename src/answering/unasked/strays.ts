import { valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/ipv4.js'
import { inSubnetOf } from '../addresses.js'
import { answerer } from '../answerer.js'
import { viewOf } from '../host-view.js'
import type { Prediction, Reason, Reply } from '../model.js'
import { type Faced, facedInterfaces } from './subnets.js'

/** For whom a host answers on an interface, beside its own addresses there. */
export type StrayKind =
  /** Every machine of its own segment. */
  | 'segment'
  /** What it routes through another interface. */
  | 'routed'
  /** The addresses of proxy entries. */
  | 'entry'
  /** The addresses of kube-ipvs0. */
  | 'ipvs'
  /** Its addresses on another interface of the same network. */
  | 'second-interface'

export interface Stray {
  readonly kind: StrayKind
  /** The interface that the request arrives on. */
  readonly on: string
  /** The device that answers. */
  readonly interface: string
  /** Addresses; networks of routes. */
  readonly targets: readonly string[]
  /** The devices that the addresses lie behind, or are held on. */
  readonly behind: readonly string[]
  readonly because: readonly Reason[]
  /** Inputs that count as the kernel's default. */
  readonly assumed: readonly string[]
}

/** Routes and addresses beyond this are more of the same. */
const MOST_TARGETS = 256
/** A client far away, where only the default route leads. RFC 5737: never a real network. */
const FAR_AWAY = '192.0.2.1'

/** Every way in which a host would answer for addresses that are not its own where it is asked, whatever they are. */
export function straysOf(host: Host): readonly Stray[] {
  const faced = facedInterfaces(host)
  return faced.flatMap((one) => {
    const ask = answerer(host, { asker: one.asker, to: null, on: one.on })
    const found = candidates(host, one, faced).flatMap((candidate) => strays(candidate, one.on, ask(candidate.ip)))
    return together(found)
  })
}

interface Candidate {
  readonly ip: Ipv4
  /** As it is shown: the address, or the network of a route. */
  readonly shown: string
  /** Where the host itself holds it; null: it does not. */
  readonly heldOn: string | null
  readonly isIpvs: boolean
}

/** One for each address, as the first of them shows it. */
function candidates(host: Host, faced: Faced, all: readonly Faced[]): Candidate[] {
  const found = [another(faced), ...entries(host, faced), ...routed(host), ...heldElsewhere(host, faced, all)]
  return [...new Map(found.reverse().map((one) => [one.ip, one])).values()].reverse()
}

function another({ other }: Faced): Candidate {
  return { ip: other, shown: formatIpv4(other), heldOn: null, isIpvs: false }
}

function routed(host: Host): Candidate[] {
  const { holders } = viewOf(host)
  const unicast = valueOr(host.sections.routes, []).filter(({ family, type }) => family === 4 && type === 'unicast')
  const networks = new Map(unicast.map(({ destination }) => [`${destination.ip}/${destination.length}`, destination]))
  return [...networks].slice(0, MOST_TARGETS).flatMap(([shown, { ip, length }]) => {
    const base = parseIpv4(length === 0 ? FAR_AWAY : ip)
    const sample = base === null ? null : length === 0 || length === 32 ? base : base + 1
    return sample === null || holders.has(sample) ? [] : [{ ip: sample, shown, heldOn: null, isIpvs: false }]
  })
}

function entries(host: Host, { stack }: Faced): Candidate[] {
  const own = [...viewOf(host).proxied].filter(([, devices]) => devices.some((device) => stack.has(device)))
  return own.slice(0, MOST_TARGETS).map(([ip]) => ({ ip, shown: formatIpv4(ip), heldOn: null, isIpvs: false }))
}

/** What kube-proxy holds on every node, and what the host has on another interface of a network that it has here too. */
function heldElsewhere(host: Host, { stack, held }: Faced, all: readonly Faced[]): Candidate[] {
  const { links, held: every } = viewOf(host)
  const onWire = new Set(all.flatMap((one) => [...one.stack]))
  const found = every.flatMap((one) => {
    const isIpvs = links.get(one.device)?.role === 'ipvs'
    const shared = held.some((here) => here.length < 31 && one.length < 31 && inSubnetOf(one.ip, here))
    const twice = one.scope === 'global' && onWire.has(one.device) && shared
    if (stack.has(one.device) || (!isIpvs && !twice)) return []
    return [{ ip: one.ip, shown: formatIpv4(one.ip), heldOn: one.device, isIpvs }]
  })
  return found.slice(0, MOST_TARGETS)
}

const KINDS: Partial<Record<Reply['path'], StrayKind>> = {
  proxy_arp: 'routed',
  proxy_arp_pvlan: 'segment',
  'proxy-neighbour': 'entry',
}

function strays({ shown, heldOn, isIpvs }: Candidate, on: string, prediction: Prediction): Stray[] {
  const { replies, because, assumed } = prediction
  return replies.flatMap(({ path, interface: name }) => {
    const kind = path === 'local' ? localKind(heldOn, isIpvs) : KINDS[path]
    if (kind === undefined) return []
    const behind = heldOn !== null ? [heldOn] : kind === 'routed' ? egressOf(because) : []
    return [{ kind, on, interface: name, targets: kind === 'segment' ? [] : [shown], behind, because, assumed }]
  })
}

function localKind(heldOn: string | null, isIpvs: boolean): StrayKind | undefined {
  if (heldOn === null) return undefined
  return isIpvs ? 'ipvs' : 'second-interface'
}

/** `… lies behind wg0`: the check names it. */
function egressOf(because: readonly Reason[]): string[] {
  const text = because.findLast(({ check, outcome }) => check === 'proxy_arp' && outcome === 'answers')?.text
  return text?.split(' lies behind ').at(-1)?.split(', ') ?? []
}

/** One for each kind and interface. */
function together(all: readonly Stray[]): Stray[] {
  const alike = new Map<string, Stray[]>()
  for (const one of all) {
    const key = `${one.kind} ${one.interface}`
    const before = alike.get(key)
    if (before) before.push(one)
    else alike.set(key, [one])
  }
  return [...alike.values()].map((ones) => ({
    ...ones[0]!,
    targets: [...new Set(ones.flatMap(({ targets }) => targets))],
    behind: [...new Set(ones.flatMap(({ behind }) => behind))],
  }))
}
