import type { AddressFacts, Transition, WireFacts } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type Evidence, type Fix } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, counted, frameEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { findMachines, leaveOneOwner, SPEAKERS_THAT_LOST_EACH_OTHER } from './next-steps.js'
import { answerers, byAsker, isContested } from './rounds.js'
import { isOneRouter, isOrderly, takeoverCount, takeovers } from './takeover.js'
import { timeIsInOrder } from './time-order.js'

interface FlipFlop extends Where {
  readonly macs: readonly string[]
  readonly changes: number
  /** How long an owner held the address on average; null where time runs backwards in the capture. */
  readonly holdSeconds: number | null
  /** From the first change to the last, in milliseconds; null likewise. */
  readonly withinMs: number | null
  /** Each change was announced and the old owner then silent, or VRRP shows it: elections, not a conflict. */
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
  symptom: 'claim',
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
      const data = describe(address, wire)
      if (data.announced && (data.holdSeconds ?? 0) >= CALM_SECONDS) continue
      yield {
        subject: addressSubject(address),
        ...weigh(address),
        severity: data.announced ? 'warning' : 'error',
        data,
        evidence: takeovers(address).slice(0, SHOWN_CHANGES).map(changeEvidence),
      }
    }
  },
  message: ({ macs, changes, holdSeconds, withinMs, announced, ...at }) =>
    `${place(at)} changed hands ${counted(changes, 'time')} between ${listed(macs.map(namedMac))}${pace(holdSeconds, withinMs)}${announced ? ', announced each time' : ''}`,
  fixes: ({ ip, macs, announced }) =>
    announced ? [calmElection(ip)] : [findMachines(ip, macs), leaveOneOwner(ip), calmElection(ip)],
})

/** The owner changed back and forth, one owner a round; as many machines one after the other are a conflict of claims. */
export function isFlipFlop(address: AddressFacts): boolean {
  if (isOneRouter(address.claims.map(({ mac }) => mac)) || isContested(address)) return false
  return takeoverCount(address) >= Math.max(FEWEST_CHANGES, address.claims.length)
}

function weigh(address: AddressFacts): Confidence {
  return isByAsker(address)
    ? likely('each client always got the same MAC, as from a bond in balance-alb: the MACs may be of one machine')
    : certain('each change is in the capture')
}

/** Which MAC of a machine answers depends on who asks and on nothing else: each of several clients got one, twice or more. */
function isByAsker({ claims, exchanges }: AddressFacts): boolean {
  if (claims.some(({ mac }) => virtualRouterName(mac) !== null)) return false
  const answered = exchanges.filter(({ mode, answers }) => mode === 'broadcast' && answers.length > 0)
  const heard = [...byAsker(answered)].map((rounds) => ({
    times: rounds.length,
    macs: new Set(rounds.flatMap((round) => [...answerers(round)])),
  }))
  return heard.length > 1 && heard.every(({ times, macs }) => times > 1 && macs.size === 1)
}

/** Intervals of less than a tenth of a second have no meaningful average. */
function pace(holdSeconds: number | null, withinMs: number | null): string {
  if (holdSeconds === null || withinMs === null) return ''
  return holdSeconds >= 0.1 ? `, every ${holdSeconds} s on average` : ` within ${withinMs} ms`
}

function describe(address: AddressFacts, wire: WireFacts): FlipFlop {
  const inOrder = timeIsInOrder(wire, address)
  const kept = takeovers(address)
  const micros = (kept.at(-1)?.at ?? 0) - (kept[0]?.at ?? 0)
  return {
    ...where(address),
    macs: address.claims.map(({ mac }) => formatMac(mac)),
    changes: takeoverCount(address),
    holdSeconds: inOrder ? Math.round(micros / Math.max(1, kept.length - 1) / 1e5) / 10 : null,
    withinMs: inOrder ? Math.round(micros) / 1000 : null,
    announced: isOrderly(address, wire),
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
        kind: 'look',
        text: 'kube-vip and Cilium: does the holder of the lease change? (Ctrl-C ends it)',
        run: sh`kubectl get leases -A -w -o custom-columns=NAME:.metadata.name,HOLDER:.spec.holderIdentity | grep -E 'plndr-|kubevip-|cilium-l2announce-'`,
      },
      {
        kind: 'persistent',
        text: 'kube-vip: give the lease more time than a slow API server needs (the defaults before v1.1.0 are 5/3/1 s); where it is a static pod, in the env of its manifest',
        run: sh`kubectl -n kube-system set env daemonset/kube-vip-ds vip_leaseduration=15 vip_renewdeadline=10 vip_retryperiod=2`,
      },
      {
        kind: 'look',
        text: 'MetalLB: members that lose each other elect again; TCP and UDP 7946 must be open between all nodes',
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
