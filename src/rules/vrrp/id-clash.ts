import { runningInstances } from '../../facts/vrrp-holders.js'
import type { Host } from '../../node/model.js'
import type { WireFacts } from '../../observe/model.js'
import { MOST_PEERS } from '../../observe/vrrp/master.js'
import type { MasterChange, VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { lastSaid } from '../../observe/vrrp/said.js'
import type { Mac } from '../../wire/mac.js'
import { virtualRouterMac } from '../../wire/virtual-mac.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule, type Fix, type Severity } from '../define.js'
import { machineOn, meetsIn } from './machine-on.js'
import { compareLists, isFarApart, OF_TWO_NETWORKS, overlapInTime, type Pair, pairsOf } from './pairs.js'
import {
  advertEvidence,
  lookAtConfiguration,
  type Machine,
  machineOf,
  named,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  shortName,
  someOf,
  verifyRouter,
} from './parts.js'
import { reload } from './reload.js'

interface Clash extends RouterData {
  /** One entry a list of addresses, with the machines that advertise it. */
  readonly groups: readonly { readonly addresses: readonly string[]; readonly machines: readonly Machine[] }[]
  /** A number of which this capture holds no advert. */
  readonly free: number | null
  /** Each advertises by unicast to peers of its own, and no virtual MAC was seen: they do not meet. */
  readonly apart: boolean
}

export const idClash = defineRule({
  id: 'vrrp/id-clash',
  title: 'Two clusters use the same virtual router ID',
  severity: 'error',
  needs: ['wire', 'attribution'],
  optional: ['hosts'],
  explains: [
    'vrrp/flapping',
    'vrrp/preemption-loop',
    'vrrp/settings-differ',
    'wire/flip-flop',
    'wire/intermittent-answer',
    'wire/no-answer',
    'wire/conflicting-claims',
    'wire/duplicate-responders',
    'storm/gratuitous',
  ],
  docs: {
    what: 'Machines advertise different addresses, none in common, under one virtual router ID on one segment: two independent clusters whose installers chose the same number. Or one cluster advertises, and the settings of a host in its subnet have the number for other addresses: of two masters that refuse the adverts of each other one may hardly advertise.',
    why: 'Each cluster takes the adverts of the other for those of its own master and gives its addresses up, or discards them and logs an error every second. Addresses come and go, and no machine is at fault by itself.',
    confirm:
      '`tcpdump -n -v -i IFACE proto 112`: adverts with one vrid and different addrs. keepalived logs "ip address associated with VRID … not present in MASTER advert".',
    falseAlarms:
      'A capture of several VLANs whose tags were taken off: there the same number is used rightly (where the machines have addresses of two networks it is only a warning), as it is by clusters that advertise by unicast to their own peers alone; that is information only. An address that was changed while it was captured.',
    references: ['RFC 9568 section 5.2.3', 'oracle-cne/ocne#492', 'keepalived.conf(5)'],
  },
  *check({ wire, attribution, hosts = [] }) {
    for (const router of wire.capture.vrrp.routers) {
      const pairs = pairsOf(router).filter((pair) => compareLists(pair) === 'disjoint')
      const unheard = pairs.length === 0 ? unheardOn(router, hosts) : []
      if (pairs.length === 0 && unheard.length === 0) continue
      const apart = unheard.length === 0 && !pairs.some((pair) => meet(pair, router, wire))
      const groups = groupsOf(router)
      yield {
        subject: routerSubject(router),
        ...(unheard.length > 0 || apart ? weigh(apart, unheard.length > 0) : weighPairs(pairs, router)),
        data: {
          ...routerData(router, wire),
          groups: [
            ...groups.map(({ addresses, masters }) => ({
              addresses,
              machines: masters.map((master) => machineOf(master, attribution)),
            })),
            ...unheard,
          ],
          free: freeId(wire, router, hosts),
          apart,
        },
        evidence: groups.flatMap(({ masters }) => advertEvidence(masters[0]!)),
      }
    }
  },
  message: ({ groups, ...router }: Clash) =>
    `${routerName(router)} is used by ${groups.length} clusters: ${groups.map(({ addresses, machines }) => `${machines.map(named).join(' and ')} for ${someOf(addresses)}`).join('; ')}`,
  fixes: (data: Clash) => (data.apart ? [] : [renumber(data)]),
})

/**
 * What hosts that did not advertise have under the number: keepalived runs there with it for other addresses, by multicast, in the
 * subnet of a machine that advertises.
 */
function unheardOn({ protocol, vrid, family, masters }: VirtualRouter, hosts: readonly Host[]): Clash['groups'] {
  if (protocol === 'carp' || masters.every(onlyUnicast)) return []
  const advertised = new Set(masters.flatMap(({ said }) => said.flatMap(({ addresses }) => addresses)))
  return hosts.flatMap((host) =>
    runningInstances(host)
      .filter((one) => one.vrid === vrid && one.family === family && one.unicastPeers.length === 0)
      .filter(({ addresses }) => addresses.length > 0 && addresses.every(({ ip }) => !advertised.has(ip)))
      .filter((one) => advertised.size > 0 && masters.some(({ ip }) => meetsIn(host, one, ip)))
      .map((one) => ({ addresses: one.addresses.map(({ ip }) => ip), machines: [machineOn(host, one)] })),
  )
}

function weigh(apart: boolean, isUnheard: boolean): Confidence & { readonly severity: Severity } {
  if (isUnheard)
    return {
      severity: 'error',
      ...likely('one list stands in adverts, the other in the settings of a host in the same subnet'),
    }
  return apart
    ? {
        severity: 'info',
        ...possible(
          'each advertises by unicast to its own peers: only a virtual MAC (use_vmac), not seen here, would clash',
        ),
      }
    : {
        severity: 'error',
        ...likely('both lists stand in adverts of one ID; VLANs captured without tags would look the same'),
      }
}

function weighPairs(pairs: readonly Pair[], router: VirtualRouter): Confidence & { readonly severity: Severity } {
  if (pairs.every(isFarApart)) return OF_TWO_NETWORKS
  return pairs.every((pair) => isSuccession(pair, router))
    ? {
        severity: 'warning',
        ...possible('one ended before the other began: the addresses may have been changed in between'),
      }
    : weigh(false, false)
}

/** The first ended by itself, with priority 0 or in silence; one that still advertised gave way to the other. */
function isSuccession(pair: Pair, { changes }: VirtualRouter): boolean {
  const ips = [pair.one.ip, pair.other.ip]
  const isIts = ({ from, to }: MasterChange) => ips.includes(from) && ips.includes(to)
  return !overlapInTime(pair) && changes.some((one) => isIts(one) && one.how !== 'preempted')
}

/**
 * Whether adverts of one reach the machines of the other, or both use the virtual MAC of the number. Two clusters that advertise to
 * their own peers alone may have one number, as on networks without multicast.
 */
function meet({ one, other }: Pair, { vrid }: VirtualRouter, { addresses }: WireFacts): boolean {
  if (![one, other].every(onlyUnicast)) return true
  const virtual = [virtualRouterMac(vrid, 4), virtualRouterMac(vrid, 6)]
  const usesIt = (macs: readonly Mac[]) => macs.some((mac) => virtual.includes(mac))
  if (usesIt([...one.macs, ...other.macs])) return true
  if (addresses.some(({ claims }) => usesIt(claims.map(({ mac }) => mac)))) return true
  const heard = new Set([other.ip, ...other.peers])
  return [one.ip, ...one.peers].some((ip) => heard.has(ip))
}

function onlyUnicast({ said, peers }: VrrpMaster): boolean {
  return said.length > 0 && said.every(({ unicast }) => unicast) && peers.length < MOST_PEERS
}

interface Group {
  readonly addresses: readonly string[]
  readonly masters: VrrpMaster[]
}

/** Machines whose lists have an address in common are one cluster. */
function groupsOf({ masters }: VirtualRouter): Group[] {
  const groups: Group[] = []
  for (const master of masters) {
    const addresses = [...(lastSaid(master)?.addresses ?? [])]
    const group = groups.find((one) => one.addresses.some((address) => addresses.includes(address)))
    if (group) group.masters.push(master)
    else if (addresses.length > 0) groups.push({ addresses, masters: [master] })
  }
  return groups
}

function freeId({ capture }: WireFacts, { vrid }: VirtualRouter, hosts: readonly Host[]): number | null {
  const used = new Set([...capture.vrrp.routers, ...hosts.flatMap(runningInstances)].map((one) => one.vrid))
  const next = Array.from({ length: 254 }, (_, n) => ((vrid + n) % 255) + 1).find((id) => !used.has(id))
  return next ?? null
}

function renumber({ groups, free, ...data }: Clash): Fix {
  const [, second] = groups
  const machines = second?.machines ?? []
  return {
    summary: `Give one of the clusters another virtual router ID${free === null ? '' : `, for example ${free}`}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      lookAtConfiguration(groups.flatMap((group) => group.machines)),
      {
        kind: 'persistent',
        text: `On all machines of one cluster (of that of ${someOf(second?.addresses ?? [])} these are known: ${machines.map(named).join(', ')}): set virtual_router_id${free === null ? '' : ` ${free}, which nothing that was read has,`} in the file that the first step shows. Where an installer owns the file, set it there`,
      },
      ...machines.map((machine) => reload(shortName(machine), machine.node)),
    ],
    sideEffects: [
      'While only some machines of the cluster have the new ID, each group has a master of its own: change all within a minute.',
    ],
    verify: verifyRouter(data),
    undo: 'Set the ID of before on all machines of the cluster, and reload keepalived.',
  }
}
