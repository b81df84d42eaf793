import type { AddressFacts, Transition, WireFacts } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { defineRule, type Severity } from '../define.js'
import { addressSubject, claimEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { isFlipFlop } from './flip-flop.js'
import { findMachines, leaveOneOwner } from './next-steps.js'
import { answerers, isContested } from './rounds.js'
import { isOneRouter, isOrderly, takeoverCount, takeovers } from './takeover.js'

interface Conflict extends Where {
  readonly macs: readonly string[]
  /** An earlier owner was heard again after a later one: both are alive. False: each was heard once, one after the other. */
  readonly bothAlive: boolean
  /** Those of `macs` whose first claim after another one's was no announcement. */
  readonly unannounced: readonly string[]
  /** One of those that claimed it again. */
  readonly again: string | null
}

/** Broadcasts are lost, and so are answers; of so many that one machine alone answers, another one would have answered some. */
const FEWEST_ROUNDS = 2

export const conflictingClaims = defineRule({
  id: 'wire/conflicting-claims',
  title: 'More than one machine claims the same address',
  severity: 'error',
  needs: ['wire'],
  symptom: 'claim',
  docs: {
    what: 'Two or more MAC addresses were seen as the sender of one address on one VLAN, in requests, answers or announcements. It speaks only where the stronger observations do not: two answers to one request are `wire/duplicate-responders`, an address that keeps moving is `wire/flip-flop`.',
    why: 'Every such packet updates the neighbour tables of those who hear it, so two claimants take the traffic from each other. A single unannounced move leaves clients on the old MAC until their entry expires.',
    confirm:
      'Ask actively, as a third party on a switch sees broadcasts only: `l2doctor scan --vip VIP`, or `arping -b -I IFACE -c 5 VIP` (iputils).',
    falseAlarms:
      'An announced takeover after which the old MAC is silent is a failover and is not reported, nor are takeovers each of which VRRP adverts show in the capture, with one master at a time, nor a virtual router MAC (VRRP, HSRP, CARP) beside one real MAC. A DHCP address leased to a second machine, a replaced network card, a bond in mode balance-alb, or several VLANs with the tags taken off look like a conflict; an address that moved once and that nobody asked about is therefore only information. MetalLB, kube-vip and Cilium send no adverts: a rolling restart moves an address and back within seconds. Where one machine alone answers since then, that is `possible` and a warning.',
    references: ['RFC 826', 'RFC 5227 section 2.4', 'metallb/metallb#598', 'metallb/metallb#2809'],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      if (!isConflict(address, wire)) continue
      const data = describe(address)
      yield {
        subject: addressSubject(address),
        ...weigh(address, data),
        data,
        evidence: address.claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: (data) => (data.bothAlive ? inTurns(data) : moved(data)),
  fixes: ({ ip, macs, bothAlive }) =>
    bothAlive ? [findMachines(ip, macs), leaveOneOwner(ip)] : [findMachines(ip, macs)],
})

function isConflict(address: AddressFacts, wire: WireFacts): boolean {
  const macs = address.claims.map(({ mac }) => mac)
  if (macs.length < 2 || isOneRouter(macs)) return false
  return !isContested(address) && !isFlipFlop(address) && !isOrderly(address, wire)
}

function inTurns({ macs, again, ...at }: Conflict): string {
  const returned = again === null ? '' : `; ${again} claimed it again after another one`
  return `${macs.length} MACs claim ${place(at)} in turns: ${listed(macs.map(namedMac))}${returned}`
}

/** Each was heard as the owner once. */
function moved({ macs, unannounced, ...at }: Conflict): string {
  if (unannounced.length === 0) return `${listed(macs.map(namedMac))} announced ${place(at)} one after the other`
  const how =
    macs.length === 2 ? 'without an announcement' : `and ${listed(unannounced)} took it without an announcement`
  return `${place(at)} moved from ${macs.map(namedMac).join(' to ')} ${how}`
}

function describe(address: AddressFacts): Conflict {
  const changes = takeovers(address)
  const silent = changes.filter((change) => !change.announced).map(({ to }) => formatMac(to))
  return {
    ...where(address),
    macs: address.claims.map(({ mac }) => formatMac(mac)),
    bothAlive: takeoverCount(address) >= address.claims.length,
    unannounced: [...new Set(silent)],
    again: returned(changes),
  }
}

/** The first one that claimed the address again after another one had. */
function returned(changes: readonly Transition[]): string | null {
  const seen = new Set(changes.slice(0, 1).map(({ from }) => from))
  for (const { to } of changes) {
    if (seen.has(to)) return formatMac(to)
    seen.add(to)
  }
  return null
}

function weigh(address: AddressFacts, { bothAlive, unannounced }: Conflict): { severity: Severity } & Confidence {
  const { asked } = address
  if (!bothAlive) return { severity: asked ? 'warning' : 'info', ...possible('the earlier owner was not heard again') }
  if (unannounced.length > 0)
    return {
      severity: asked ? 'error' : 'warning',
      ...certain('the earlier owner claimed it again after the later one'),
    }
  if (cameToRest(address))
    return {
      severity: asked ? 'warning' : 'info',
      ...possible(
        'each change was announced, and since then one machine alone answers, as after a failover and its return',
      ),
    }
  return {
    severity: asked ? 'error' : 'warning',
    ...likely('the earlier owner claimed it again, but each change was announced, as by a failover and its return'),
  }
}

/** Since the last change broadcasts were answered, and by the one that then took the address alone: the others gave it up. */
function cameToRest(address: AddressFacts): boolean {
  const last = takeovers(address).at(-1)
  if (last === undefined || address.changes > address.transitions.length) return false
  const later = address.exchanges.filter(
    ({ mode, at, answers }) => mode === 'broadcast' && at > last.at && answers.length > 0,
  )
  return (
    later.length >= FEWEST_ROUNDS &&
    later.every((round) => answerers(round).size === 1 && answerers(round).has(last.to))
  )
}
