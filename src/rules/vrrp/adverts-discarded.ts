import type { VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { likely } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import {
  advertEvidence,
  type Machine,
  machineOf,
  named,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  shortName,
  verifyRouter,
} from './parts.js'

interface Discarded extends RouterData {
  readonly machine: Machine
  readonly why: 'checksum' | 'hop-limit'
  readonly adverts: number
  readonly of: number
}

const WORDS = { checksum: 'a wrong checksum', 'hop-limit': 'a hop limit (TTL) that is not 255' } as const

export const advertsDiscarded = defineRule({
  id: 'vrrp/adverts-discarded',
  title: 'Adverts of a master that every receiver must discard',
  severity: 'warning',
  needs: ['wire', 'attribution'],
  explains: ['vrrp/two-masters', 'vrrp/held-by-two', 'vrrp/flapping', 'wire/duplicate-responders'],
  docs: {
    what: 'A machine sends adverts with a wrong checksum, or multicast ones whose hop limit is not 255, which shows that a router or a proxy forwarded them.',
    why: 'The others discard such adverts (RFC 9568 section 7.1), hear no master and become master as well.',
    confirm: '`tcpdump -n -v -i IFACE proto 112` prints the ttl and "bad vrrp cksum".',
    falseAlarms:
      'Some programs leave the pseudo-header out of the checksum of VRRPv3 over IPv4; that is accepted and not reported. Unicast adverts may be routed, and their hop limit is not judged.',
    references: ['RFC 9568 sections 5.2.8 and 7.1', 'RFC 3768 section 7.1'],
  },
  *check({ wire, attribution }) {
    for (const router of wire.capture.vrrp.routers) {
      for (const { master, why, adverts } of discardedIn(router)) {
        yield {
          subject: routerSubject(router),
          ...likely('the adverts stand in the capture; whether a receiver is that strict was not seen'),
          data: {
            ...routerData(router, wire),
            machine: machineOf(master, attribution),
            why,
            adverts,
            of: master.adverts,
          },
          evidence: advertEvidence(master),
        }
      }
    }
  },
  message: ({ machine, why, adverts, of, ...router }: Discarded) =>
    `${adverts} of ${of} adverts of ${named(machine)} for ${routerName(router)} have ${WORDS[why]}: receivers discard them`,
  fixes: (data: Discarded) => [findWhoChangesThem(data)],
})

function discardedIn({ masters }: VirtualRouter) {
  return masters.flatMap((master) => [
    ...(isMost(master.wrongChecksum, master)
      ? [{ master, why: 'checksum' as const, adverts: master.wrongChecksum }]
      : []),
    ...(isMost(master.wrongHopLimit, master) && master.said.every(({ unicast }) => !unicast)
      ? [{ master, why: 'hop-limit' as const, adverts: master.wrongHopLimit }]
      : []),
  ])
}

/** A damaged frame now and then is not the rule. */
function isMost(count: number, { adverts }: VrrpMaster): boolean {
  return count >= 2 && 2 * count > adverts
}

function findWhoChangesThem({ machine, why, ...data }: Discarded): Fix {
  return {
    summary: `Find what gives the adverts of ${shortName(machine)} ${WORDS[why]}`,
    risk: 'none',
    where: 'node',
    ...(machine.node === null ? {} : { node: machine.node }),
    steps: [
      {
        kind: 'look',
        text: `Compare an advert on ${shortName(machine)} itself with one on the segment: is it wrong from the start, or on the way? On the way, look for a packet filter that changes the TTL, a router or a multicast proxy`,
        run: sh`tcpdump -n -v -c 3 -i any proto 112`,
      },
    ],
    verify: verifyRouter(data),
    undo: ONLY_LOOKS,
  }
}
