import type { Restriction } from '../../cluster/announcers/for-people.js'
import { peopleOf } from '../../cluster/announcers/people.js'
import { objectFix } from '../changes/object-fix.js'
import type { Fix, ProposedFix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone } from '../host-parts.js'
import { strictArp } from '../kube-proxy/strict-arp.js'
import { sh } from '../shell.js'
import type { Cure } from './cures.js'

/** The fix of each cure; one for several nodes where it is the same. */
export function fixesOf(cures: readonly Cure[], ip: string): readonly ProposedFix[] {
  const fixes = cures.map((cure) => fixOf(cure, cures, ip))
  return fixes.filter((fix, at) => fixes.findIndex(({ summary }) => summary === fix.summary) === at)
}

function fixOf(cure: Cure, all: readonly Cure[], ip: string): ProposedFix {
  switch (cure.kind) {
    case 'host':
      return {
        summary: cure.summary,
        risk: 'disruptive',
        node: cure.node,
        changes: cure.changes,
        verify: sh`l2doctor scan --vip ${ip}`,
      }
    case 'interfaces':
      return interfacesFix(cure, ip)
    case 'strict-arp':
      return strictArp(sh`l2doctor scan --vip ${ip}`)
    default:
      return lookFix(all, ip)
  }
}

/** An announcer with a socket or program of its own answers on every interface of the node unless its objects name some. */
function interfacesFix({ announcer, objects, named, keep, node }: Cure & { kind: 'interfaces' }, ip: string): Fix {
  const { title, restricts } = peopleOf(announcer)
  if (!restricts) return oneInterface(node, keep, ip)
  if (objects.length === 0)
    return restricts.since ? upgradeForInterfaces(node, keep, ip, title, restricts.since) : oneInterface(node, keep, ip)
  const names = [restricts.valueFor(keep)]
  return objectFix({
    summary: `Let ${title} announce ${ip} on ${keep} only`,
    risk: 'disruptive',
    text: (object) => `Name the interface in ${object} (.spec.interfaces)`,
    changes: objects.map((object) => ({ kind: 'field', object, key: '.spec.interfaces', value: names, was: named })),
    sideEffects: [
      `It holds for every node and address that the object selects: a node without an interface ${keep} then announces nothing.`,
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
  })
}

function upgradeForInterfaces(
  node: string,
  keep: string,
  ip: string,
  title: string,
  { field, version }: NonNullable<Restriction['since']>,
): Fix {
  return {
    summary: `Let ${title} announce ${ip} on one interface: ${field}, from ${title} ${version} on`,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: `Upgrade ${title}, and name ${keep} in ${field}; this version announces on every interface`,
      },
      {
        kind: 'persistent',
        text: `Or leave ${node} one interface in the network: bond the two, or take one out of the segment`,
      },
    ],
    sideEffects: ['An upgrade restarts the agents: addresses are announced again and may move.'],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Install the former version again.',
  }
}

function oneInterface(node: string, keep: string, ip: string): Fix {
  return {
    summary: `Leave ${node} one interface in the network of ${ip}`,
    risk: 'disruptive',
    where: 'node',
    node,
    steps: [
      {
        kind: 'persistent',
        text: `Bond the interfaces, or take all but ${keep} out of the segment: the announcer answers on each`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Restore the former network configuration.',
  }
}

/** Nobody says whose it is, or it is the host's own: nothing is changed before that is known. */
function lookFix(all: readonly Cure[], ip: string): Fix {
  const nodes = [...new Set(all.map(({ node }) => node))]
  return {
    summary: `Find out which of ${nodes.join(' and ')} should have ${ip} before anything is changed`,
    risk: 'none',
    where: 'node',
    steps: [
      {
        kind: 'look',
        text: 'On each of them: which interface has it, and for how long?',
        run: sh`ip -d address show to ${alone(ip)}`,
      },
      {
        kind: 'look',
        text: 'Which program or file puts it there? keepalived says who is master; a static address stands in the network configuration',
        run: sh`journalctl -u keepalived -n 20 --no-pager; grep -rnF -e ${ip} /etc/keepalived /etc/netplan /etc/network /etc/systemd/network /etc/NetworkManager`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}
