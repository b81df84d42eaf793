import { groupBy } from '../../cluster/group-by.js'
import type { NeighbourEntry, NeighbourFormat, NeighbourTable } from '../../neighbours/model.js'
import type { Host } from '../../node/model.js'
import { captureOf } from '../../observe/capture-of.js'
import type { AddressFacts } from '../../observe/model.js'
import { once } from '../../once.js'
import { classifyResponder, isProxyClass } from '../../probe/classify.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import type { Facts } from '../facts.js'
import type { AnswerTable, UpstreamEntry, UpstreamVerdict } from './model.js'
import { ownMacs } from './predicted.js'
import { isDue, isKnown, machinesOf } from './stale.js'

/** An entry that the device asks about again within this time cures itself sooner than anybody could. */
const SOON_SECONDS = 60
/** Makers whose REACHABLE is that of a kernel which keeps the default of RFC 4861. */
const KERNELS: ReadonlySet<NeighbourFormat> = new Set(['linux', 'sonic', 'mikrotik', 'bsd'])
/** A kernel calls an entry REACHABLE for at most 1.5 times base_reachable_time, 30 s (net/core/neighbour.c, neigh_rand_reach_time). */
const REACHABLE_SECONDS = 45

type Inputs = Partial<Pick<Facts, 'wire' | 'attribution' | 'neighbours'>>
type Seen = Pick<AnswerTable, 'ip' | 'seen' | 'responders' | 'rightful'> & { readonly hosts: readonly Host[] }

/** What the tables of routers and switches say of an address, beside who answers for it, or else should. */
export function upstreamEntries(seen: Seen, inputs: Inputs): readonly UpstreamEntry[] {
  const { neighbours = [] } = inputs
  if (neighbours.length === 0) return []
  const beside = machinesBeside(seen, inputs)
  return neighbours.flatMap((table) => {
    const about = (entriesByIp(table).get(seen.ip) ?? []).filter((entry) => isOnVlan(entry, seen))
    const places = new Set(about.flatMap(({ mac, vrf, interface: name }) => (mac === null ? [] : `${vrf} ${name}`)))
    const judged = about.map((entry) => ({
      ...judge(table, entry, seen, beside, inputs),
      mayBeOfAnother: places.size > 1 || (entry.vrf !== null && vrfsOf(table).size > 1),
    }))
    const agrees = judged.some(({ says }) => says === 'agrees')
    return agrees ? judged.map(besideOneThatAgrees) : judged
  })
}

const entriesByIp = once(({ entries }: NeighbourTable) => groupBy(entries, ({ ip }) => ip))
const ipsByMac = once(({ entries }: NeighbourTable) => {
  const ips = new Map<Mac, Set<Ip>>()
  for (const { mac, ip } of entries) if (mac !== null) ips.set(mac, (ips.get(mac) ?? new Set()).add(ip))
  return ips
})
const vrfsOf = once(({ entries }: NeighbourTable) => new Set(entries.map(({ vrf }) => vrf)))
const addressesByIp = once((addresses: readonly AddressFacts[]) => groupBy(addresses, ({ ip }) => ip))

/** An entry on another VLAN than the frames is about another segment. */
function isOnVlan({ vlan }: NeighbourEntry, { seen }: Seen): boolean {
  const [outermost] = seen?.vlans ?? []
  return outermost === undefined || vlan === null || vlan === outermost
}

/** A router that has several interfaces, or routing tables, may know the same address on each. */
function besideOneThatAgrees(one: UpstreamEntry): UpstreamEntry {
  if (one.says === 'agrees') return one
  return { ...one, says: 'unjudged', because: 'the same table has another entry, which leads to the right machine' }
}

interface Beside {
  readonly basis: UpstreamEntry['basis']
  readonly macs: readonly Mac[]
  /** Every MAC of those machines, and every one that answers for the address on any VLAN. */
  readonly right: ReadonlySet<Mac>
}

function machinesBeside({ ip, responders, hosts, rightful }: Seen, { wire, attribution }: Inputs): Beside {
  if (responders.length > 0) {
    const anywhere = (addressesByIp(wire?.addresses ?? []).get(ip) ?? []).flatMap(({ claims }) => claims)
    const right = [...machinesOf(responders, hosts), ...anywhere.map(({ mac }) => mac)]
    const others = responders.flatMap(({ owners }) => owners.flatMap(({ node }) => attribution?.macsOf(node) ?? []))
    return { basis: 'wire', macs: responders.map(({ mac }) => mac), right: new Set([...right, ...others]) }
  }
  const nodes = rightful && rightful.by !== 'operator' ? rightful.nodes : []
  const read = hosts.filter(({ name }) => nodes.includes(name)).flatMap((host) => [...ownMacs(host)])
  const named = nodes.flatMap((node) => attribution?.macsOf(node) ?? [])
  const macs = rightful?.by === 'operator' ? rightful.macs : [...new Set([...named, ...read])]
  return { basis: 'announcer', macs, right: new Set(macs) }
}

function judge(
  table: NeighbourTable,
  entry: NeighbourEntry,
  seen: Seen,
  { basis, macs, right }: Beside,
  inputs: Inputs,
): Omit<UpstreamEntry, 'mayBeOfAnother'> {
  const { mac } = entry
  const { hosts, rightful, responders } = seen
  const host = hosts.find((one) => mac !== null && ownMacs(one).has(mac)) ?? null
  const [owner] = mac === null ? [] : (inputs.attribution?.ownersOf(mac) ?? [])
  const open = basis === 'wire' && !responders.some((one) => isKnown(one, hosts, rightful))
  const leadsTo = host?.name ?? owner?.node ?? null
  const one = {
    table: { name: table.name, format: table.format },
    entry,
    beside: macs,
    basis,
    leadsTo,
    mayBeRight: basis === 'wire' && ((open && leadsTo !== null) || isRightful(mac, leadsTo, host, seen)),
    open,
    outlastsLook: outlasts(entry, seen, inputs),
    sharedBy: mac === null || leadsTo !== null ? 0 : (ipsByMac(table).get(mac)?.size ?? 0),
    isItsOwn: leadsTo === null && isItsOwn(entry, table),
  }
  if (mac === null) return { ...one, says: 'unresolved', because: null }
  if (right.has(mac))
    return hasLeft(mac, seen) ? { ...one, says: 'unjudged', because: LEFT } : { ...one, says: 'agrees', because: null }
  const because = whyUnjudged(entry, mac, macs, seen)
  if (because !== null) return { ...one, says: 'unjudged', because }
  return { ...one, says: differs(table, entry, seen, inputs), because: null }
}

/** IOS prints what is its own as it prints a static entry; only the first has the MAC of another address of the device. */
function isItsOwn({ ip, mac, kind }: NeighbourEntry, { entries }: NeighbourTable): boolean {
  return kind === 'own' && entries.some((one) => one.kind === 'own' && one.mac === mac && one.ip !== ip)
}

const LEFT = 'the address moved away from its machine while the wire was looked at, perhaps after the table was saved'

/** Another machine has answered since, and this one no more. */
function hasLeft(mac: Mac, { responders }: Seen): boolean {
  const own = responders.find((one) => one.mac === mac)
  return own !== undefined && responders.some(({ claim }) => claim.firstAt > own.claim.lastAt)
}

/** The machine that has the address, or of which somebody says that it should. */
function isRightful(mac: Mac | null, leadsTo: string | null, host: Host | null, { ip, rightful }: Seen): boolean {
  if (rightful?.by === 'operator') return mac !== null && rightful.macs.includes(mac)
  return (leadsTo !== null && rightful?.nodes.includes(leadsTo)) || (host !== null && isDue(ip, rightful)(host))
}

function whyUnjudged(entry: NeighbourEntry, mac: Mac, macs: readonly Mac[], { seen, responders }: Seen): string | null {
  if (macs.length === 0) return 'it is not known which machine answers, or should'
  if (virtualRouterName(mac) !== null) return 'it leads to a virtual router, whose MAC moves with its master'
  if (entry.kind === 'own' && responders.length > 0 && responders.every((one) => virtualRouterName(one.mac) !== null))
    return 'a virtual router answers here, whose master the device may be'
  if (seen && responders.length > 0 && responders.every(({ claim }) => isProxyClass(classifyResponder(claim, seen))))
    return 'only a proxy answers here: the device may be nearer to the machine'
  if (entry.expiresSeconds !== null && entry.expiresSeconds <= SOON_SECONDS)
    return `it expires within ${SOON_SECONDS} s`
  return null
}

/** Whether the device has heard the other machine while the one that answers here was there already. */
function differs(
  { format }: NeighbourTable,
  entry: NeighbourEntry,
  { responders, seen }: Seen,
  { wire }: Inputs,
): UpstreamVerdict {
  const { lastAt = null, timeRunsBackwards = null } = (wire && seen && captureOf(wire, seen)) ?? {}
  if (responders.length === 0 || lastAt === null || timeRunsBackwards !== null) return 'stale'
  const firstAt = Math.min(...responders.map(({ claim }) => claim.firstAt))
  const isReachable = KERNELS.has(format) && entry.states.some((state) => /^reachable$/i.test(state))
  const age = isReachable ? REACHABLE_SECONDS : entry.age?.atMost
  return entry.kind === 'dynamic' && age !== undefined && age * 1_000_000 < lastAt - firstAt ? 'elsewhere' : 'stale'
}

/** An entry that came while the wire was looked at may have been right in a part of that time. */
function outlasts({ age }: NeighbourEntry, { seen }: Seen, { wire }: Inputs): boolean {
  const { firstAt = null, lastAt = null, timeRunsBackwards = null } = (wire && seen && captureOf(wire, seen)) ?? {}
  if (age === null || firstAt === null || lastAt === null || timeRunsBackwards !== null) return false
  return age.atLeast * 1_000_000 > lastAt - firstAt
}
