import type { AddressFacts } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { defineRule, type Evidence } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, counted, frameEvidence, listed, place, type Where, where } from './evidence.js'
import { ownRounds } from './rounds.js'

interface NoAnswer extends Where {
  readonly requests: number
  /** MACs that claim the address by other packets (announcements, requests) and yet do not answer. */
  readonly announcedBy: readonly string[]
}

export const noAnswer = defineRule({
  id: 'wire/no-answer',
  title: 'Nobody answers for the address',
  severity: 'error',
  needs: ['wire', 'question'],
  docs: {
    what: 'The address was asked for, by broadcast and with a probe, and no machine answered.',
    why: 'Clients of this segment and the router cannot find the address: it is dead for everybody whose ARP entry has expired.',
    confirm:
      '`arping -b -I IFACE -c 5 VIP` (iputils) from another machine of the same VLAN. Ping proves nothing: most announcers do not answer it.',
    falseAlarms:
      'The address is not on this segment or VLAN, or the machine that asks holds it itself (then nothing is judged). In a capture taken by a third party the answers may have gone past it.',
    references: [
      'https://metallb.io/troubleshooting/',
      'metallb/metallb#2274',
      'metallb/metallb#2425',
      'metallb/metallb#259',
      'cilium/cilium#26586',
    ],
  },
  *check({ wire, question }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      const rounds = ownRounds(address, question)
      if (isAnswered(address)) continue
      if (question.own.ips.includes(address.ip)) {
        yield {
          unjudged: place(where(address)),
          because: 'this machine holds the address; the wire cannot show its own answer',
        }
      } else if (!question.probed || rounds.length === 0) {
        yield {
          unjudged: place(where(address)),
          because: 'nobody was asked for it; listening alone does not show who is silent',
        }
      } else {
        yield {
          subject: addressSubject(address),
          data: describe(address, rounds.length),
          evidence: [
            ...rounds.slice(0, 1).map(asked),
            ...address.claims.flatMap((claim) => claimEvidence(address, claim)),
          ],
        }
      }
    }
  },
  message: ({ requests, announcedBy, ...at }) =>
    announcedBy.length > 0
      ? `${listed(announcedBy)} claims ${place(at)} but answered none of ${counted(requests, 'request')}`
      : `nobody answers for ${place(at)}: ${counted(requests, 'request')}, no answer`,
  fixes: ({ ip }) => [
    {
      summary: `Find out who should answer for ${ip}, and what stops it`,
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'manual',
          text: 'Let l2doctor compare announcers, nodes and wire',
          run: sh`l2doctor diagnose --vip ${ip}`,
        },
        {
          kind: 'manual',
          text: 'Does a Service have the address, and does it have ready endpoints?',
          run: sh`kubectl get services -A -o wide | grep -w -F ${ip}`,
        },
        {
          kind: 'manual',
          text: 'Are its nodes kept out of load balancing? MetalLB since v0.14.2 skips labelled nodes (kubeadm labels control planes)',
          run: sh`kubectl get nodes -l node.kubernetes.io/exclude-from-external-load-balancers`,
        },
        {
          kind: 'manual',
          text: 'MetalLB: does an L2Advertisement cover the pool, and do the speakers run?',
          run: sh`kubectl -n metallb-system get ipaddresspools,l2advertisements,pods -o wide`,
        },
        {
          kind: 'manual',
          text: 'On the node that should answer: do the requests arrive? (-p: a promiscuous capture can hide the fault)',
          run: sh`tcpdump -p -n -e -i IFACE arp and host ${ip}`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Nothing to undo: these steps only look.',
    },
  ],
})

function isAnswered({ asks }: AddressFacts): boolean {
  return asks.broadcast.answered + asks.probe.answered + asks.unicast.answered > 0
}

function describe(address: AddressFacts, requests: number): NoAnswer {
  return { ...where(address), requests, announcedBy: address.claims.map(({ mac }) => formatMac(mac)) }
}

function asked({ frame, at, mode }: { frame: number; at: number; mode: string }): Evidence {
  return frameEvidence(frame, at, `first request (${mode}), unanswered like all others`)
}
