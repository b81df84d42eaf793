import { type Ranked, rank } from '../../observe/vrrp/rank.js'
import type { Fix, FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { part, sh } from '../shell.js'
import { lookAtConfiguration, type Machine, type RouterData, shortName, verifyRouter } from './parts.js'

/** What leaves one master of two. */
export interface TwoOfThem extends Pick<RouterData, 'protocol' | 'family' | 'vips'> {
  readonly machines: readonly Machine[]
  /** Who takes no notice of whom; null where nothing shows it. */
  readonly deaf: { readonly machine: Machine; readonly to: Machine } | null
  /** Both use passwords, which are not read. */
  readonly passwords: boolean
}

/** Only looks: from the wire to the settings, in the order of what is cheap to see. */
export function findWhatIsBetween(data: TwoOfThem): Fix {
  const { machines, deaf, protocol } = data
  const [better, worse] = ranked(protocol, machines) ?? machines
  const [from, at] = deaf ? [deaf.to, deaf.machine] : [better!, worse!]
  return {
    summary: `Find out why ${shortName(at)} takes no notice of the adverts of ${shortName(from)}`,
    risk: 'none',
    where: 'node',
    ...(at.node === null ? {} : { node: at.node }),
    steps: [
      ...(protocol === 'carp' ? carpSteps(at, from) : vrrpSteps(at, from, data)),
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

function vrrpSteps(at: Machine, from: Machine, { family, passwords }: TwoOfThem): FixStep[] {
  const ip = family === 6 ? part`ip6 proto 112` : part`ip proto 112`
  return [
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
    ...(passwords ? [comparePasswords([at, from])] : []),
  ]
}

/** Adverts of CARP name no address, so nothing on the wire tells whose they are. */
function carpSteps(at: Machine, from: Machine): FixStep[] {
  return [
    {
      ...lookAtConfiguration([at, from], 'carp'),
      text: `Are ${shortName(at)} and ${shortName(from)} of one cluster? If not, each is right, and one cluster needs another VHID. If so, compare vhid, password and advskew: of two with the same advskew neither yields`,
    },
    {
      kind: 'look',
      text: `On ${shortName(at)}: do the adverts of ${from.ip} arrive? Add -i with the interface of the VHID (Ctrl-C ends it)`,
      run: sh`tcpdump -n -e -c 5 proto 112 and src host ${from.ip}`,
    },
    {
      kind: 'look',
      text: 'They arrive: does a rule of pf drop them?',
      run: sh`pfctl -s rules | grep -iE 'carp|block'`,
    },
  ]
}

/** keepalived.conf(5): of auth_pass only the first eight characters count. */
function comparePasswords(machines: readonly Machine[]): FixStep {
  return {
    kind: 'look',
    text: `On ${machines.map(shortName).join(' and ')}: have both the same password? The same sum: yes. Another one: write the same auth_pass on both, and reload keepalived`,
    run: sh`sed -nE 's/^[[:space:]]*auth_pass[[:space:]]+//p' /etc/keepalived/keepalived.conf | cut -c 1-8 | sha256sum`,
  }
}

/** None where nothing says which of the two VRRP would leave. */
export function leaveOneMaster({ machines, protocol, ...data }: TwoOfThem): Fix[] {
  const [better, worse] = ranked(protocol, machines) ?? []
  if (!better || !worse) return []
  const stop = protocol === 'carp' ? sh`sysctl net.inet.carp.allow=0` : sh`systemctl stop keepalived`
  const why = better.priority === worse.priority ? 'the lower address with the same priority' : 'the lower priority'
  return [
    {
      summary: `Leave one master for the time being: stop ${shortName(worse)}, which has ${why}`,
      risk: 'disruptive',
      where: 'node',
      ...(worse.node === null ? {} : { node: worse.node }),
      steps: [
        {
          kind: 'runtime',
          text: `On ${shortName(worse)}, if both are of one cluster and ${shortName(better)} serves the addresses well`,
          run: stop,
        },
      ],
      sideEffects: [
        `Clients of ${shortName(worse)} reconnect to ${shortName(better)}.`,
        protocol === 'carp'
          ? `${shortName(worse)} gives up all its virtual addresses.`
          : `Everything else that keepalived does on ${shortName(worse)} ends as well: its other virtual routers and its virtual servers.`,
        'Nobody takes over when the other one fails.',
      ],
      verify: verifyRouter(data),
      undo: protocol === 'carp' ? sh`sysctl net.inet.carp.allow=1` : sh`systemctl start keepalived`,
    },
  ]
}

/** The better one first: the master that VRRP would leave. Null where it is not known. */
function ranked(protocol: RouterData['protocol'], [one, other]: readonly Machine[]): readonly Machine[] | null {
  if (!isRanked(one) || !isRanked(other)) return null
  const order = rank(protocol, one, other)
  return order === 0 ? null : order > 0 ? [one, other] : [other, one]
}

function isRanked(machine: Machine | undefined): machine is Machine & Ranked {
  return machine !== undefined && machine.priority !== null
}
