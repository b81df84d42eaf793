import type { AddressFacts } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { type Certainty, defineRule, type Severity } from '../define.js'
import { addressSubject, claimEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { isFlipFlop } from './flip-flop.js'
import { findMachines, leaveOneOwner } from './next-steps.js'
import { isContested } from './rounds.js'
import { isOrderly, isRouterPair, takeoverCount } from './takeover.js'

interface Conflict extends Where {
  readonly macs: readonly string[]
  /** The earlier owner was heard again after the later one: both are alive. False: the address moved once. */
  readonly bothAlive: boolean
}

export const conflictingClaims = defineRule({
  id: 'wire/conflicting-claims',
  title: 'More than one machine claims the same address',
  severity: 'error',
  needs: ['wire'],
  docs: {
    what: 'Two or more MAC addresses were seen as the sender of one address on one VLAN, in requests, answers or announcements. It speaks only where the stronger observations do not: two answers to one request are `wire/duplicate-responders`, an address that keeps moving is `wire/flip-flop`.',
    why: 'Every ARP packet updates the caches of those who hear it, so two claimants take the traffic from each other. A single unannounced move leaves clients on the old MAC until their entry expires.',
    confirm:
      'Ask actively, as a third party on a switch sees broadcasts only: `l2doctor scan --vip VIP`, or `arping -b -I IFACE -c 5 VIP` (iputils).',
    falseAlarms:
      'An announced takeover after which the old MAC is silent is a failover and is not reported, nor is a virtual router MAC (VRRP, HSRP, CARP) beside one real MAC. A DHCP address leased to a second machine, a replaced network card, a bond in mode balance-alb, or several VLANs with the tags taken off look like a conflict; an address that moved once and that nobody asked about is therefore only information.',
    references: ['RFC 826', 'RFC 5227 section 2.4', 'metallb/metallb#598', 'metallb/metallb#2809'],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      if (!isConflict(address)) continue
      const data = describe(address)
      yield {
        subject: addressSubject(address),
        ...weigh(address.asked, data.bothAlive),
        data,
        evidence: address.claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, bothAlive, ...at }) =>
    bothAlive
      ? `${macs.length} MACs claim ${place(at)} at the same time: ${listed(macs.map(namedMac))}`
      : `${place(at)} moved from ${macs.map(namedMac).join(' to ')} without an announcement`,
  fixes: ({ ip, macs, bothAlive }) =>
    bothAlive ? [findMachines(ip, macs), leaveOneOwner(ip)] : [findMachines(ip, macs)],
})

function isConflict(address: AddressFacts): boolean {
  const macs = address.claims.map(({ mac }) => mac)
  if (macs.length < 2 || isRouterPair(macs)) return false
  return !isContested(address) && !isFlipFlop(address) && !isOrderly(address)
}

function describe(address: AddressFacts): Conflict {
  return {
    ...where(address),
    macs: address.claims.map(({ mac }) => formatMac(mac)),
    bothAlive: takeoverCount(address) >= address.claims.length,
  }
}

function weigh(asked: boolean, bothAlive: boolean): { severity: Severity; certainty: Certainty } {
  if (bothAlive) return { severity: asked ? 'error' : 'warning', certainty: 'certain' }
  return { severity: asked ? 'warning' : 'info', certainty: 'possible' }
}
