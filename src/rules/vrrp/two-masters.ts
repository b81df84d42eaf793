import type { Host } from '../../node/model.js'
import { certain } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { part, sh } from '../shell.js'
import { counted, frameEvidence } from '../wire/evidence.js'
import { outOfOrder, timeIsInOrder } from '../wire/time-order.js'
import { chainsWords, dropping, letAdvertsIn } from './adverts-in.js'
import { compareLists, type Together, togetherOf } from './pairs.js'
import {
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

interface TwoMasters extends RouterData {
  readonly machines: readonly Machine[]
  /** Seconds from the first advert beside the other to the last. */
  readonly seconds: number
  /** Who advertised on although the other had the higher priority; null where the capture does not show it. */
  readonly deaf: { readonly machine: Machine; readonly to: Machine } | null
  /** Chains of a packet filter of that machine that drop VRRP, where it was read. */
  readonly chains: readonly string[]
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
            ...certain('the adverts of both stand in turn in the capture'),
            data: { ...routerData(router, wire), machines, ...describe(pair, machines, hosts) },
            evidence: evidence(pair),
          }
        }
    }
  },
  message: ({ machines, seconds, deaf, chains, vips, ...router }: TwoMasters) =>
    `${machines.map(named).join(' and ')} both advertise ${routerName(router)} as master of ${someOf(vips)}, ${seconds >= 1 ? `for ${seconds} s` : 'at the same time'}${deaf ? `; ${shortName(deaf.machine)} takes no notice of the adverts of ${shortName(deaf.to)}, which have the higher priority${chains.length > 0 ? `: a rule of ${chains.join(' and ')} drops VRRP` : ''}` : ''}`,
  fixes: (data: TwoMasters) => [cure(data), leaveOneMaster(data)],
})

function describe(
  { besides }: Together,
  machines: readonly Machine[],
  hosts: readonly Host[],
): Pick<TwoMasters, 'seconds' | 'deaf' | 'chains'> {
  const [from, to] = [Math.min(...besides.map((one) => one.firstAt)), Math.max(...besides.map((one) => one.lastAt))]
  const at = besides.findIndex(({ outranked }) => outranked >= FEWEST_OUTRANKED)
  const [machine, other] = [machines[at], machines[1 - at]]
  const deaf = machine && other ? { machine, to: other } : null
  return { seconds: Math.round((to - from) / 1e6), deaf, chains: deaf ? chainsOf(deaf.machine, hosts) : [] }
}

function chainsOf({ node }: Machine, hosts: readonly Host[]): readonly string[] {
  const keepalived = hosts.find(({ name }) => name === node)?.sections.keepalived
  return keepalived?.known ? chainsWords(dropping(keepalived.value.filters ?? [])) : []
}

function cure(data: TwoMasters): Fix {
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

/** The better one by priority comes first: that is the master that VRRP would leave. */
function ranked(machines: readonly Machine[]): readonly Machine[] {
  return [...machines].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
}

function findWhatIsBetween({ machines, deaf, family, ...data }: TwoMasters): Fix {
  const [better, worse] = ranked(machines)
  const [from, at] = deaf ? [deaf.to, deaf.machine] : [better!, worse!]
  const ip = family === 6 ? part`ip6 proto 112` : part`ip proto 112`
  return {
    summary: `Find out why ${shortName(at)} takes no notice of the adverts of ${shortName(from)}`,
    risk: 'none',
    where: 'node',
    ...(at.node === null ? {} : { node: at.node }),
    steps: [
      {
        kind: 'look',
        text: `On ${shortName(at)}: do the adverts of ${from.ip} arrive? (Ctrl-C ends it)`,
        run: sh`tcpdump -n -e -c 5 -i any ${ip} and src host ${from.ip}`,
      },
      {
        kind: 'look',
        text: 'They arrive: does a packet filter of the machine drop them? Rules that name protocol 112 or its group must accept; a policy of drop needs one that does',
        run: sh`nft list ruleset | grep -inE 'vrrp|protocol 112|224\.0\.0\.18|policy drop'; iptables-save | grep -inE 'vrrp|-p 112|224\.0\.0\.18|INPUT DROP'`,
      },
      lookAtConfiguration([at, from]),
      {
        kind: 'look',
        text: 'They do not arrive: look between the two. Both ports must be in one VLAN; the group 224.0.0.18 (IPv6: ff02::12) must be flooded; a hypervisor must not filter protocol 112 or foreign source MACs',
        where: 'switch',
      },
    ],
    verify: verifyRouter(data),
    undo: ONLY_LOOKS,
  }
}

function leaveOneMaster({ machines, protocol, ...data }: TwoMasters): Fix {
  const [better, worse] = ranked(machines)
  const stop = protocol === 'carp' ? sh`sysctl net.inet.carp.allow=0` : sh`systemctl stop keepalived`
  return {
    summary: `Leave one master for the time being: stop ${shortName(worse!)}, which has the lower priority`,
    risk: 'disruptive',
    where: 'node',
    ...(worse!.node === null ? {} : { node: worse!.node }),
    steps: [
      {
        kind: 'runtime',
        text: `On ${shortName(worse!)}, if ${shortName(better!)} serves the addresses well`,
        run: stop,
      },
    ],
    sideEffects: [
      `Clients of ${shortName(worse!)} reconnect to ${shortName(better!)}.`,
      'Nobody takes over when the other one fails.',
    ],
    verify: verifyRouter(data),
    undo: protocol === 'carp' ? sh`sysctl net.inet.carp.allow=1` : sh`systemctl start keepalived`,
  }
}
