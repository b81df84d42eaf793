import type { AddressFacts, Transition } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Evidence, type Fix } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { findMachines, leaveOneOwner, SPEAKERS_THAT_LOST_EACH_OTHER } from './next-steps.js'
import { isContested } from './rounds.js'
import { isOrderly, isRouterPair, takeoverCount, takeovers } from './takeover.js'

interface FlipFlop extends Where {
  readonly macs: readonly string[]
  readonly changes: number
  /** How long an owner held the address on average. */
  readonly holdSeconds: number
  /** Each change was announced and the old owner then silent: elections, not a conflict. */
  readonly announced: boolean
}

/** There, back, and there again: fewer changes may be a failover and its reversal. */
const FEWEST_CHANGES = 3

/** Announced takeovers further apart than this are maintenance (a rolling upgrade), not a fault. */
const CALM_SECONDS = 600

const SHOWN_CHANGES = 4

export const flipFlop = defineRule({
  id: 'wire/flip-flop',
  title: 'The address keeps moving between machines',
  severity: 'error',
  needs: ['wire'],
  docs: {
    what: 'The MAC that claims an address changed, changed back, and changed again, while no single request was answered by two.',
    why: 'Each change sends the clients to another machine and resets their connections. Either two machines own the address and take turns, or a leader election does not come to rest.',
    confirm:
      'Watch who is named over time: `arping -b -I IFACE -w 60 VIP` (iputils). For an election: `kubectl get leases -A -w`, where the holder changes.',
    falseAlarms:
      'Announced takeovers more than ten minutes apart are planned work and are not reported. A bond in mode balance-alb answers different clients with different MACs of one machine.',
    references: [
      'arpwatch(8), "flip flop"',
      'metallb/metallb#598',
      'kube-vip/kube-vip#491',
      'metallb/metallb#2809',
      'https://www.kernel.org/doc/Documentation/networking/bonding.rst',
    ],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      if (!isFlipFlop(address)) continue
      const data = describe(address)
      if (data.announced && data.holdSeconds >= CALM_SECONDS) continue
      yield {
        subject: addressSubject(address),
        severity: data.announced ? 'warning' : 'error',
        data,
        evidence: takeovers(address).slice(0, SHOWN_CHANGES).map(changeEvidence),
      }
    }
  },
  message: ({ macs, changes, holdSeconds, announced, ...at }) =>
    `${place(at)} changed hands ${counted(changes, 'time')} between ${listed(macs.map(namedMac))}, every ${holdSeconds} s on average${announced ? ', announced each time' : ''}`,
  fixes: ({ ip, macs, announced }) =>
    announced ? [calmElection(ip)] : [findMachines(ip, macs), leaveOneOwner(ip), calmElection(ip)],
})

/** The owner changed back and forth, one owner a round. */
export function isFlipFlop(address: AddressFacts): boolean {
  if (isRouterPair(address.claims.map(({ mac }) => mac)) || isContested(address)) return false
  return takeoverCount(address) >= FEWEST_CHANGES
}

function describe(address: AddressFacts): FlipFlop {
  const kept = takeovers(address)
  const micros = (kept.at(-1)?.at ?? 0) - (kept[0]?.at ?? 0)
  return {
    ...where(address),
    macs: address.claims.map(({ mac }) => formatMac(mac)),
    changes: takeoverCount(address),
    holdSeconds: Math.round(micros / Math.max(1, kept.length - 1) / 1e5) / 10,
    announced: isOrderly(address),
  }
}

function changeEvidence({ at, frame, from, to, announced }: Transition): Evidence {
  const how = announced ? 'announced' : 'not announced'
  return frameEvidence(frame, at, `from ${formatMac(from)} to ${formatMac(to)}, ${how}`)
}

function calmElection(ip: string): Fix {
  return {
    summary: 'Where an election moves the address: let it come to rest',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'manual',
        text: 'kube-vip and Cilium: does the holder of the lease change? (Ctrl-C ends it)',
        run: sh`kubectl get leases -A -w -o custom-columns=NAME:.metadata.name,HOLDER:.spec.holderIdentity | grep -E 'plndr-|kubevip-|cilium-l2announce-'`,
      },
      {
        kind: 'persistent',
        text: 'kube-vip: give the lease more time than a slow API server needs (the defaults before v1.1.0 are 5/3/1 s); where it is a static pod, in the env of its manifest',
        run: sh`kubectl -n kube-system set env daemonset/kube-vip-ds vip_leaseduration=15 vip_renewdeadline=10 vip_retryperiod=2`,
      },
      {
        kind: 'manual',
        text: 'MetalLB: members that lose each other elect anew; TCP and UDP 7946 must be open between all nodes',
        run: SPEAKERS_THAT_LOST_EACH_OTHER,
      },
    ],
    sideEffects: [
      'Changing the env restarts kube-vip: its addresses move once more. A longer lease makes a real failover slower.',
    ],
    verify: sh`l2doctor scan --vip ${ip} --passive --duration 60`,
    undo: 'kubectl -n kube-system rollout undo daemonset/kube-vip-ds',
  }
}
