import type { WireFacts } from '../../observe/model.js'
import type { VirtualRouter } from '../../observe/vrrp/model.js'
import { formatMac } from '../../wire/mac.js'
import { virtualRouterMac } from '../../wire/virtual-mac.js'
import { likely } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { sh } from '../shell.js'
import { listed } from '../wire/evidence.js'
import { isFarApart, OF_TWO_NETWORKS } from './pairs.js'
import {
  advertEvidence,
  isSameStack,
  type Machine,
  machineOf,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  someOf,
  verifyRouter,
} from './parts.js'

interface Clash extends RouterData {
  readonly mac: string
  /** Those of CARP. */
  readonly machines: readonly Machine[]
  /** Those of VRRP, and its addresses. */
  readonly others: readonly Machine[]
  readonly addresses: readonly string[]
  /** A number of which this capture holds no advert of either protocol. */
  readonly free: number | null
}

export const carpClash = defineRule({
  id: 'vrrp/carp-clash',
  title: 'CARP and VRRP use the same number, and so the same MAC',
  severity: 'error',
  needs: ['wire', 'attribution'],
  explains: [
    'wire/intermittent-answer',
    'wire/no-answer',
    'wire/silent-for-a-time',
    'wire/stopped-answering',
    'storm/gratuitous',
  ],
  docs: {
    what: 'A machine advertises CARP (pfSense, OPNsense, FreeBSD) and another one VRRP under the same number on one segment, both from the virtual MAC of that number (00:00:5e:00:01:XX). A provider that uses VRRP for its gateway is the usual other one.',
    why: 'A switch knows a MAC at one port only. Each advert moves it to the port of its sender, and what is sent to the addresses of the one arrives at the other: about half of the traffic of both is lost.',
    confirm:
      '`tcpdump -n -e -i IFACE proto 112`: two source addresses behind one source MAC. The switch logs that the MAC moves between two ports.',
    falseAlarms:
      'A capture of several VLANs whose tags were taken off: on two VLANs the same number is used rightly. VRRP that sends from the MAC of its card is not reported.',
    references: ['RFC 9568 section 7.3', 'FreeBSD carp(4)', 'opnsense/core#1549'],
  },
  *check({ wire, attribution }) {
    const { routers } = wire.capture.vrrp
    for (const carp of routers.filter(({ protocol }) => protocol === 'carp')) {
      const mac = virtualRouterMac(carp.vrid, 4)
      const sendFromIt = ({ masters }: VirtualRouter) => masters.filter(({ macs }) => macs.includes(mac))
      const vrrp = routers.find((one) => one.protocol === 'vrrp' && one.vrid === carp.vrid && isBeside(carp, one))
      const [mine, theirs] = [sendFromIt(carp), vrrp ? sendFromIt(vrrp) : []]
      if (!mine[0] || !theirs[0] || theirs.some(({ ip }) => mine.some((one) => one.ip === ip))) continue
      yield {
        subject: routerSubject(carp),
        ...(isFarApart({ one: mine[0], other: theirs[0] })
          ? OF_TWO_NETWORKS
          : likely('adverts of both came from one MAC; VLANs captured without tags would look the same')),
        data: {
          ...routerData(carp, wire),
          mac: formatMac(mac),
          machines: mine.map((master) => machineOf(master, attribution)),
          others: theirs.map((master) => machineOf(master, attribution)),
          addresses: [...new Set(theirs.flatMap(({ said }) => said.flatMap(({ addresses }) => addresses)))],
          free: freeNumber(wire, carp.vrid),
        },
        evidence: [...advertEvidence(mine[0]), ...advertEvidence(theirs[0])],
      }
    }
  },
  message: ({ mac, machines, others, addresses, ...router }: Clash) =>
    `CARP of ${listed(machines.map(({ ip }) => ip))} (${routerName(router)}) and VRRP of ${listed(others.map(({ ip }) => ip))} (VRID ${router.vrid}, ${someOf(addresses)}) both send from ${mac}: switches move it from port to port with each advert`,
  fixes: (data: Clash) => [renumber(data)],
})

/** Of CARP both families have one MAC; that of VRRP for IPv6 is another one. */
function isBeside(carp: VirtualRouter, vrrp: VirtualRouter): boolean {
  return carp.family === 4 && vrrp.family === 4 && isSameStack(carp.vlans, vrrp.vlans)
}

function freeNumber({ capture }: WireFacts, vrid: number): number | null {
  const used = new Set(capture.vrrp.routers.map((one) => one.vrid))
  return Array.from({ length: 254 }, (_, n) => ((vrid + n) % 255) + 1).find((id) => !used.has(id)) ?? null
}

function renumber({ machines, free, ...data }: Clash): Fix {
  const number = free === null ? '' : `, for example ${free}`
  return {
    summary: `Give the CARP addresses of ${listed(machines.map(({ ip }) => ip))} another VHID${number}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      {
        kind: 'look',
        text: `Are both on one segment? On ${machines[0]!.ip}: adverts of both arrive on one interface (Ctrl-C ends it)`,
        run: sh`tcpdump -n -e -c 6 ${`proto 112 and ether src ${data.mac}`}`,
      },
      {
        kind: 'persistent',
        text: `In the settings of the virtual addresses (pfSense and OPNsense: Virtual IPs, VHID group) on all machines of the cluster${number ? `: a number that nobody advertises here${number}` : ''}`,
      },
    ],
    sideEffects: [
      'The addresses get another MAC: clients and the router of the provider renew their neighbour entries with the announcements of CARP.',
    ],
    verify: verifyRouter(data),
    undo: 'Set the VHID of before on all machines of the cluster.',
  }
}
