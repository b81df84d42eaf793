import { groupBy } from '../../cluster/group-by.js'
import type { Host, Link } from '../../node/model.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { certain } from '../certainty.js'
import { defineRule } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { macSubject } from '../subject.js'

interface Place {
  readonly node: string
  readonly interface: string
  readonly kind: string | null
}

interface SharedMac {
  readonly mac: string
  readonly macs: readonly string[]
  readonly places: readonly Place[]
}

export const macOnTwoHosts = defineRule({
  id: 'link/mac-on-two-hosts',
  title: 'Interfaces of different hosts have the same MAC address',
  severity: 'error',
  needs: ['hosts'],
  explains: ['wire/intermittent-answer', 'wire/no-answer', 'wire/same-mac-many-addresses', 'wire/duplicate-responders'],
  docs: {
    what: 'Interfaces that are up on two or more hosts of the segment have the same MAC: a macvlan that an announcer made with a fixed MAC and left behind, a cloned virtual machine, a bridge that took the MAC of a port of another machine.',
    why: 'A switch learns a MAC on one port. With every frame of the other machine it learns the other port, and some of what is meant for one machine goes to the other.',
    confirm: '`ip -brief link` on each host; on the switch the entry of the MAC moves between ports.',
    falseAlarms:
      'Virtual MACs of VRRP, HSRP and the like are meant to move and are not judged; nor are interfaces that are down, that face no segment, or two names of one machine. Hosts on segments that never meet may share a MAC.',
    references: ['RFC 826', 'harvester/harvester#11122', 'kube-vip/kube-vip#1735'],
  },
  *check({ hosts }) {
    const unread = hosts.filter(({ reached, sections }) => reached && !sections.links.known)
    for (const { name } of unread) yield { unjudged: name, because: 'its links were not read' }
    if (hosts.length < 2) return
    const held = hosts.flatMap(macsOf)
    for (const [mac, found] of groupBy(held, ({ mac }) => String(mac))) {
      const machines = new Set(found.map(({ machine }) => machine))
      if (machines.size < 2) continue
      const text = formatMac(Number(mac))
      const places = found.map(({ node, interface: name, kind }) => ({ node, interface: name, kind }))
      yield {
        subject: macSubject(text),
        ...certain('both hosts were read, and the interfaces are up'),
        data: { mac: text, macs: [text], places },
        evidence: places.map((place) =>
          commandEvidence(
            { name: place.node, address: place.node },
            sh`ip -brief link show dev ${place.interface}`,
            `${place.interface} ${text}`,
          ),
        ),
      }
    }
  },
  message: ({ mac, places }: SharedMac) =>
    `The same MAC ${mac} is on ${places.map(({ node, interface: name }) => `${node} (${name})`).join(' and ')}`,
  fixes: ({ mac, places }) => [
    {
      summary: `Leave ${mac} on one host`,
      risk: 'disruptive',
      where: 'node',
      steps: [
        ...places.map(({ node, interface: name }) => ({
          kind: 'look' as const,
          text: `On ${node}: does the interface still serve a purpose, and which address has it?`,
          run: sh`ip -d addr show dev ${name}`,
        })),
        {
          kind: 'persistent',
          text: 'Remove the one that was left behind (ip link delete), or give a cloned machine a MAC of its own',
        },
      ],
      sideEffects: ['The host loses what runs over the interface that is removed.'],
      verify: sh`ip -brief link`,
      undo: 'Make the interface again as it was; restarting its announcer does that for a macvlan of its own.',
    },
  ],
})

interface HeldMac extends Place {
  readonly mac: Mac
  /** The same for two names of one machine. */
  readonly machine: string
}

/** One entry a MAC: a bond, its members and the VLANs on it share one by nature. */
function macsOf(host: Host): HeldMac[] {
  const { links } = host.sections
  if (!links.known) return []
  const up = links.value.filter((link) => isOnSegment(link))
  const machine = machineOf(host)
  const byMac = groupBy(up, ({ mac }) => String(mac))
  return [...byMac.values()].flatMap(([link]) =>
    link?.mac ? [{ mac: link.mac, node: host.name, interface: link.name, kind: link.kind, machine }] : [],
  )
}

function isOnSegment({ mac, flags, facesSegment }: Link): boolean {
  return mac !== null && mac !== 0 && flags.includes('UP') && facesSegment && virtualRouterName(mac) === null
}

/** Two names of one machine have their hardware and their addresses in common; a cloned machine has other addresses. */
function machineOf({ name, sections: { links, addresses } }: Host): string {
  const hardware = links.known
    ? links.value.flatMap(({ kind, mac }) => (kind === null && mac ? [formatMac(mac)] : []))
    : []
  const held = addresses.known ? addresses.value.flatMap(({ ip, scope }) => (scope === 'global' ? [ip] : [])) : []
  const marks = [...new Set([...hardware, ...held])].sort()
  return marks.length > 0 ? marks.join(' ') : name
}
