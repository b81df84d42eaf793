import { holdingInstances, runningInstances } from '../../facts/vrrp-holders.js'
import type { Host, VrrpInstance } from '../../node/model.js'
import { likely } from '../certainty.js'
import { defineRule, type Evidence } from '../define.js'
import { alone, commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { segmentSubject } from '../subject.js'
import { listed } from '../wire/evidence.js'
import { cyclesOf } from './cycles.js'
import { machineOn } from './machine-on.js'
import { findWhatIsBetween, leaveOneMaster } from './one-master.js'
import { type Machine, named, type RouterData, routerName, someOf } from './parts.js'

interface HeldByTwo extends RouterData {
  readonly machines: readonly Machine[]
  /** Both use passwords, which are not read. */
  readonly passwords: boolean
}

export const heldByTwo = defineRule({
  id: 'vrrp/held-by-two',
  title: 'keepalived of two hosts holds the same address at the same time',
  severity: 'error',
  needs: ['hosts'],
  optional: ['wire'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/unexpected-responder',
    'wire/flip-flop',
    'wire/intermittent-answer',
    'answers/unwanted-responder',
    'answers/unexplained-responder',
    'storm/gratuitous',
  ],
  docs: {
    what: 'keepalived runs on two hosts, its settings on both have the same virtual address, and the kernels of both hold it: each takes itself for the master.',
    why: 'Both answer for the address. The adverts need not show it: unicast adverts reach no third machine, and a keepalived that refuses the adverts of the other starts its own interval again with each of them, so that it may hardly advertise.',
    confirm: '`ip -brief address show to VIP` on both hosts; `journalctl -u keepalived` says why adverts are refused.',
    falseAlarms:
      'The master moved between the moments at which the hosts were read. The hosts are on different segments that use the same addresses. An address that somebody added by hand on the backup looks the same.',
    references: [
      'RFC 9568 section 6.4.3',
      'keepalived.conf(5) (auth_pass, unicast_peer)',
      'keepalived vrrp_scheduler.c (vrrp_dispatcher_read)',
    ],
  },
  *check({ hosts, wire }) {
    const restless = (wire?.capture.vrrp.routers ?? []).filter((router) => cyclesOf(router) !== null)
    for (const { vips, sides } of pairsOf(hosts)) {
      const [{ instance }] = sides
      // each held them in its turn
      if (restless.some(({ vrid, family }) => vrid === instance.vrid && family === instance.family)) continue
      const data = { protocol: 'vrrp', vrid: instance.vrid ?? 0, family: instance.family, vlans: [], vips } as const
      const machines = sides.map(({ host, instance }) => machineOn(host, instance))
      yield {
        subject: segmentSubject(`${routerName(data)}: ${sides.map(({ host }) => host.name).join(' and ')}`),
        ...likely('the addresses and settings of both hosts were read, though not at the same moment'),
        data: { ...data, machines, passwords: sides.every(({ instance }) => hasPassword(instance)) },
        evidence: sides.flatMap((side) => evidence(side, vips)),
      }
    }
  },
  message: ({ machines, passwords, vips, ...router }: HeldByTwo) =>
    `${machines.map(named).join(' and ')} both hold ${someOf(vips)}, and keepalived of both is set to it (${routerName(router)}): each takes itself for the master${passwords ? '. Their passwords were not compared' : ''}`,
  fixes: (data: HeldByTwo) => [findWhatIsBetween({ ...data, deaf: null }), ...leaveOneMaster({ ...data, deaf: null })],
})

interface Side {
  readonly host: Host
  readonly instance: VrrpInstance
}

/** Each two hosts that hold addresses of keepalived in common, and these. */
function pairsOf(hosts: readonly Host[]): Iterable<{ vips: string[]; sides: readonly [Side, Side] }> {
  const pairs = new Map<string, { vips: string[]; sides: readonly [Side, Side] }>()
  for (const [ip, holders] of holdersByAddress(hosts)) {
    const [one, ...others] = holders
    for (const other of others) {
      const key = `${one!.host.name} ${other.host.name} ${one!.instance.name}`
      const pair = pairs.get(key) ?? { vips: [], sides: [one!, other] as const }
      pair.vips.push(ip)
      pairs.set(key, pair)
    }
  }
  return pairs.values()
}

function holdersByAddress(hosts: readonly Host[]): ReadonlyMap<string, readonly Side[]> {
  const holders = new Map<string, Side[]>()
  for (const host of hosts) {
    const ips = new Set(runningInstances(host).flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
    for (const ip of ips) {
      const [instance] = holdingInstances(host, ip)
      if (instance) holders.set(ip, [...(holders.get(ip) ?? []), { host, instance }])
    }
  }
  return holders
}

/** Of VRRPv3 there are none. */
function hasPassword({ version, authentication }: VrrpInstance): boolean {
  return version === 2 && authentication === 'PASS'
}

function evidence({ host, instance }: Side, vips: readonly string[]): Evidence[] {
  const { addresses } = host.sections
  const held = (addresses.known ? addresses.value : []).filter(({ ip }) => ip === vips[0])
  return [
    commandEvidence(
      host,
      sh`ip -brief address show to ${alone(vips[0] ?? '')}`,
      held.map(({ interface: name, ip, prefix }) => `${name} ${ip}/${prefix}`).join('\n'),
    ),
    commandEvidence(
      host,
      sh`cat ${instance.file ?? '/etc/keepalived/keepalived.conf'}`,
      `vrrp_instance ${instance.name} { virtual_router_id ${instance.vrid}, virtual_ipaddress ${listed(vips)} }`,
    ),
  ]
}
