import type { Host } from '../../node/model.js'
import type { VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { lastSaid } from '../../observe/vrrp/said.js'
import { isIpv6, parseIp } from '../../wire/ip.js'
import { isLinkLocal6 } from '../../wire/ipv6.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type Fix, type Severity } from '../define.js'
import { counted, frameEvidence } from '../wire/evidence.js'
import { outOfOrder, timeIsInOrder } from '../wire/time-order.js'
import { chainsWords, dropping, letAdvertsIn } from './adverts-in.js'
import { type Misplaced, misplacedOn, setInterface } from './misplaced.js'
import { findWhatIsBetween, leaveOneMaster } from './one-master.js'
import { compareLists, isFarApart, OF_TWO_NETWORKS, type Together, togetherOf } from './pairs.js'
import {
  type Machine,
  machineOf,
  named,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  shortName,
  someOf,
} from './parts.js'
import { instanceOf } from './reload.js'

interface TwoMasters extends RouterData {
  readonly machines: readonly Machine[]
  /** Seconds from the first advert beside the other to the last. */
  readonly seconds: number
  /** Who advertised on although the other ranked higher; null where the capture does not show it. */
  readonly deaf: { readonly machine: Machine; readonly to: Machine } | null
  /** Chains of a packet filter of that machine that drop VRRP, where it was read. */
  readonly chains: readonly string[]
  /** Its interface has become a port of a bridge or bond, which takes the frames. */
  readonly port: Misplaced | null
  /** Both use passwords, which are not read. */
  readonly passwords: boolean
}

/** Of the adverts beside another one, so many at least under a lower priority. */
const FEWEST_OUTRANKED = 2

export const twoMasters = defineRule({
  id: 'vrrp/two-masters',
  title: 'Two machines are master of one virtual router at the same time',
  severity: 'error',
  needs: ['wire', 'attribution'],
  optional: ['hosts'],
  explains: [
    'vrrp/held-by-two',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'wire/intermittent-answer',
    'answers/unwanted-responder',
    'answers/unexplained-responder',
    'storm/gratuitous',
  ],
  docs: {
    what: 'Two machines advertised the same virtual router (VRRP, or CARP) in turn, each on although the other did. A master that hears a better advert stops: so the adverts of one do not reach the other, or it discards them.',
    why: 'Both hold the addresses and answer for them. Clients end up on either machine, connections break whenever a neighbour entry is renewed, and each machine announces the addresses again and again.',
    confirm:
      '`tcpdump -n -e -i IFACE proto 112` on both machines: where the adverts of the other are missing, something between them drops protocol 112; where they arrive, the machine discards them, and its log says why.',
    falseAlarms:
      'One or two adverts of both beside a change of master are normal and not reported. A capture of several VLANs whose tags were taken off can show two virtual routers as one.',
    references: ['RFC 9568 section 6.4.3', 'RFC 3768 section 6.4.3', 'acassen/keepalived#893', 'keepalived.conf(5)'],
  },
  *check({ wire, attribution, hosts = [] }) {
    for (const router of wire.capture.vrrp.routers) {
      const pairs = togetherOf(router).filter((pair) => compareLists(pair) !== 'disjoint')
      if (pairs.length > 0 && !timeIsInOrder(wire)) yield outOfOrder(routerName(router))
      else
        for (const pair of pairs) {
          const machines = [pair.one, pair.other].map((master) => machineOf(master, attribution))
          yield {
            subject: routerSubject(router),
            ...weigh(pair, router),
            data: {
              ...routerData(router, wire),
              machines,
              ...describe(pair, router, machines, hosts),
            },
            evidence: evidence(pair),
          }
        }
    }
  },
  message: ({ machines, seconds, deaf, chains, port, vips, ...router }: TwoMasters) =>
    `${machines.map(named).join(' and ')} both advertise ${routerName(router)} as master of ${someOf(vips)}, ${seconds >= 1 ? `for ${seconds} s` : 'at the same time'}${deaf ? `; ${shortName(deaf.machine)} does so although ${shortName(deaf.to)} has ${whyBetter(deaf)}${whyDeaf(chains, port)}` : ''}`,
  fixes: (data: TwoMasters) => [cure(data), ...leaveOneMaster(data)],
})

/** Of one virtual router on one segment, unless adverts of two may look alike. */
function weigh({ one, other }: Together, { protocol }: VirtualRouter): Confidence & { readonly severity?: Severity } {
  if (protocol === 'carp' && isFarApart({ one, other })) return OF_TWO_NETWORKS
  if (protocol === 'carp')
    return likely('CARP names no address: two clusters with one number, or two VLANs without tags, look the same')
  const advertised = (master: VrrpMaster) => master.said.flatMap(({ addresses }) => addresses)
  const theirs = new Set(advertised(other))
  return advertised(one).some((ip) => theirs.has(ip) && !isLinkLocal(ip))
    ? certain('the adverts of both stand in turn in the capture')
    : likely('the same link-local address may be used on each VLAN: two captured without tags look the same')
}

function isLinkLocal(text: string): boolean {
  const ip = parseIp(text)
  return ip !== null && isIpv6(ip) && isLinkLocal6(ip)
}

function whyBetter({ machine, to }: NonNullable<TwoMasters['deaf']>): string {
  return machine.priority === to.priority ? 'the same priority and the higher address' : 'the higher priority'
}

function whyDeaf(chains: readonly string[], port: Misplaced | null): string {
  if (port) return `: its ${port.interface} is a port of ${port.master} now, where keepalived hears nothing`
  return chains.length > 0 ? `: a rule of ${chains.join(' and ')} drops VRRP` : ''
}

function describe(
  { one: first, other: second, besides }: Together,
  router: VirtualRouter,
  machines: readonly Machine[],
  hosts: readonly Host[],
): Pick<TwoMasters, 'seconds' | 'deaf' | 'chains' | 'port' | 'passwords'> {
  const [from, to] = [Math.min(...besides.map((one) => one.firstAt)), Math.max(...besides.map((one) => one.lastAt))]
  const at = besides.findIndex(({ outranked }) => outranked >= FEWEST_OUTRANKED)
  const [machine, other] = [machines[at], machines[1 - at]]
  const deaf = machine && other ? { machine, to: other } : null
  return {
    seconds: Math.round((to - from) / 1e6),
    deaf,
    chains: deaf ? chainsOf(deaf.machine, hosts) : [],
    port: deaf && portOf(deaf.machine, router, hosts),
    passwords: [first, second].every((master) => lastSaid(master)?.authentication === 'password'),
  }
}

function chainsOf({ node }: Machine, hosts: readonly Host[]): readonly string[] {
  const keepalived = hosts.find(({ name }) => name === node)?.sections.keepalived
  return keepalived?.known ? chainsWords(dropping(keepalived.value)) : []
}

function portOf(machine: Machine, router: VirtualRouter, hosts: readonly Host[]): Misplaced | null {
  const instance = instanceOf(machine, router, hosts)
  const sections = hosts.find(({ name }) => name === machine.node)?.sections
  if (instance === null || !sections?.links.known || !sections.addresses.known) return null
  const misplaced = misplacedOn(machine.node!, instance, sections.links.value, sections.addresses.value, true)
  return misplaced?.fault === 'port' ? misplaced : null
}

function cure(data: TwoMasters): Fix {
  if (data.port !== null) return setInterface(data.port)
  const node = data.deaf?.machine.node ?? null
  return node !== null && data.chains.length > 0 ? letAdvertsIn(node, data.chains, false) : findWhatIsBetween(data)
}

function evidence({ one, other, besides: [mine, theirs] }: Together) {
  return [
    frameEvidence(
      mine.frame,
      mine.firstAt,
      `advert of ${one.ip} after that of ${other.ip} in frame ${mine.otherFrame}`,
    ),
    frameEvidence(
      theirs.frame,
      theirs.firstAt,
      `advert of ${other.ip} after that of ${one.ip} in frame ${theirs.otherFrame}`,
    ),
    ...[
      { name: `adverts of ${one.ip} beside those of ${other.ip}`, value: counted(mine.times, 'time') },
      { name: `adverts of ${other.ip} beside those of ${one.ip}`, value: counted(theirs.times, 'time') },
    ].map((measure) => ({ kind: 'measure' as const, ...measure })),
  ]
}
