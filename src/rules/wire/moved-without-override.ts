import type { AddressFacts, ClaimFacts, Transition } from '../../observe/model.js'
import { classifyResponder, isProxyClass } from '../../probe/classify.js'
import { isIpv6 } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { likely } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, counted, namedMac, place, type Where, where } from './evidence.js'
import { isOneRouter, takeovers } from './takeover.js'
import { timeIsInOrder } from './time-order.js'

interface Moved extends Where {
  readonly from: string
  readonly to: string
  /** Unsolicited advertisements of the new machine. */
  readonly advertisements: number
}

export const movedWithoutOverride = defineRule({
  id: 'wire/moved-without-override',
  title: 'The address moved, and its announcement changes no neighbour entry',
  severity: 'warning',
  needs: ['wire'],
  docs: {
    what: 'An IPv6 address moved to another machine. That machine announced it by unsolicited neighbour advertisements, but none of them had the override flag (O). A move that nobody announced is `wire/conflicting-claims`.',
    why: 'Without the flag a neighbour keeps the old MAC and only marks its entry as to be checked (RFC 4861 section 7.2.5). Its traffic goes to the old machine until that check has failed, which takes Linux some 8 seconds; other systems and routers longer.',
    confirm:
      '`tcpdump -n -v -i IFACE "icmp6 and ip6[40] == 136"` during a failover shows the flags of each advertisement; on a client `ip -6 neigh show to VIP` before and after.',
    falseAlarms:
      'A proxy and an anycast address must not set the flag (RFC 4861 sections 7.2.7 and 7.2.8). Clients that have no entry for the address notice nothing.',
    references: ['RFC 4861 sections 7.2.5 and 7.2.6', 'net/ipv6/ndisc.c (ndisc_recv_na)'],
  },
  *check({ wire }) {
    for (const address of wire.addresses.filter(({ ip }) => isIpv6(ip))) {
      if (!timeIsInOrder(wire, address)) continue
      const found = quietMove(address)
      if (found === null) continue
      yield {
        subject: addressSubject(address),
        ...likely('none of its advertisements to all nodes had the O flag; the tables of the clients were not seen'),
        severity: address.asked ? 'warning' : 'info',
        data: {
          ...where(address),
          from: formatMac(found.from.mac),
          to: formatMac(found.to.mac),
          advertisements: found.to.gratuitous,
        },
        evidence: [...claimEvidence(address, found.from), ...claimEvidence(address, found.to)],
      }
    }
  },
  message: ({ from, to, advertisements, ...at }: Moved) =>
    `${place(at)} moved from ${namedMac(from)} to ${namedMac(to)}, and ${counted(advertisements, 'unsolicited advertisement')} of the new machine did not override: neighbours keep the old MAC until they check it`,
  fixes: ({ ip }) => [
    {
      summary: `Find out what announces ${ip} without the override flag`,
      risk: 'none',
      where: 'node',
      steps: [
        {
          kind: 'look',
          text: 'During a failover: the flags of each advertisement',
          run: sh`timeout 60 tcpdump -p -n -v -e -i any ${'icmp6 and ip6[40] == 136'}`,
        },
        {
          kind: 'look',
          text: 'On the machine that took the address: which program announces it? MetalLB, kube-vip, Cilium and keepalived set the flag; update one that does not',
          run: sh`ps ax -o pid,args | grep -E 'keepalived|kube-vip|speaker|cilium-agent|ndppd|arping|ndsend'`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip} --duration 1m`,
      undo: ONLY_LOOKS,
    },
  ],
})

interface Move {
  readonly from: ClaimFacts
  readonly to: ClaimFacts
}

/** The last change of owner, where the old one fell silent and the new one announced itself to no effect. */
function quietMove(address: AddressFacts): Move | null {
  const change = takeovers(address).at(-1)
  if (change === undefined) return null
  const claimOf = (mac: number) => address.claims.find((claim) => claim.mac === mac)
  const [from, to] = [claimOf(change.from), claimOf(change.to)]
  if (from === undefined || to === undefined || isOneRouter([from.mac, to.mac])) return null
  const isReal = from.lastAt <= change.at && announcedInVain(to, change) && !isProxy(to, address)
  return isReal ? { from, to } : null
}

function announcedInVain(
  { gratuitous, overriding, solicitedOverriding, lastGratuitousAt }: ClaimFacts,
  { at }: Transition,
) {
  return gratuitous > 0 && (lastGratuitousAt ?? 0) >= at && overriding === solicitedOverriding
}

function isProxy(claim: ClaimFacts, address: AddressFacts): boolean {
  return isProxyClass(classifyResponder(claim, address))
}
