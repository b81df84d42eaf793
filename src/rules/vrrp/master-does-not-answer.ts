import type { Attribution } from '../../facts/attribution.js'
import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, WireFacts } from '../../observe/model.js'
import type { VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { virtualRouterMac } from '../../wire/virtual-mac.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone } from '../host-parts.js'
import { part, parts, sh } from '../shell.js'
import { addressSubject, frameEvidence, isSix, listed, place, type Where, where } from '../wire/evidence.js'
import { ownRounds } from '../wire/rounds.js'
import {
  advertEvidence,
  isSameStack,
  lookAtConfiguration,
  type Machine,
  machineOf,
  named,
  routerName,
  shortName,
} from './parts.js'

interface Unanswered extends Where {
  readonly router: string
  readonly machine: Machine
  readonly rounds: number
  /** Who answers instead; empty: nobody. */
  readonly macs: readonly string[]
  readonly nodes: readonly (string | null)[]
}

/** Broadcasts may be lost. */
const FEWEST_ROUNDS = 3

export const masterDoesNotAnswer = defineRule({
  id: 'vrrp/master-does-not-answer',
  title: 'The master of a virtual router does not answer for its address',
  severity: 'error',
  needs: ['wire', 'question', 'attribution'],
  explains: ['wire/no-answer', 'wire/stopped-answering', 'wire/duplicate-responders', 'wire/unexpected-responder'],
  docs: {
    what: 'A machine advertises that it is the only master for an address, and while it did so it answered none of the requests for it, neither with its own MAC nor with the virtual one.',
    why: 'VRRP works, the address does not: clients get no answer, or that of another machine. The address was not added to the interface, was removed from it by hand or by a network manager, or a kernel setting forbids the answer.',
    confirm:
      '`ip -brief address show to VIP` and `sysctl net.ipv4.conf.IFACE.arp_ignore` on the master; `arping -b -I IFACE -c 5 VIP` from another machine.',
    falseAlarms:
      'The adverts run over another interface than the address and the capture shows both. A machine whose second network card answers is not known to be the same one unless hosts were read.',
    references: ['RFC 9568 section 8.1.2', 'acassen/keepalived#1385', 'keepalived.conf(5) (virtual_ipaddress)'],
  },
  *check({ wire, question, attribution }) {
    for (const router of wire.capture.vrrp.routers) {
      const master = soleMaster(router)
      if (master === null) continue
      for (const address of advertisedBy(master, router, wire)) {
        const rounds = roundsUnder(master, router, address, question)
        const macs = answering(rounds)
        const right = macsOf(master, router, attribution)
        if (rounds.length < FEWEST_ROUNDS || macs.some((mac) => right.has(mac))) continue
        const nodes = macs.map((mac) => nodeOf(mac, attribution))
        const machine = machineOf(master, attribution)
        yield {
          subject: addressSubject(address),
          ...weigh(machine, nodes),
          data: {
            ...where(address),
            router: routerName(router),
            machine,
            rounds: rounds.length,
            macs: macs.map(formatMac),
            nodes,
          },
          evidence: [
            ...advertEvidence(master),
            ...rounds.slice(0, 3).map(({ at, frame, answers }) => roundEvidence(address, at, frame, answers.length)),
          ],
        }
      }
    }
  },
  message: ({ router, machine, rounds, macs, nodes, ...at }: Unanswered) =>
    `${named(machine)} advertises that it is master of ${router} with ${place(at)}, but answered none of ${rounds} requests for it${macs.length > 0 ? `; ${listed(macs.map((mac, n) => (nodes[n] ? `${nodes[n]} (${mac})` : mac)))} did` : ''}`,
  fixes: (data: Unanswered) => [giveItTheAddress(data)],
})

function roundEvidence(address: AddressFacts, at: number, frame: number, answers: number) {
  return frameEvidence(
    frame,
    at,
    `request for ${formatIp(address.ip)}, ${answers === 0 ? 'not answered' : 'not answered by the master'}`,
  )
}

/** Where two advertise at the same time, or clusters clash, that is the fault. */
function soleMaster({ masters, master }: VirtualRouter): VrrpMaster | null {
  const busy = masters.some(({ besides }) => besides.some(({ times }) => times > 1))
  return busy ? null : (masters.find(({ ip }) => ip === master) ?? null)
}

function advertisedBy(master: VrrpMaster, router: VirtualRouter, { addresses }: WireFacts): AddressFacts[] {
  const listed = new Set(master.said.flatMap((said) => said.addresses))
  return addresses.filter(({ ip, vlans }) => listed.has(formatIp(ip)) && isSameStack(vlans, router.vlans))
}

/** Requests put since it became master for the last time, after the seconds of a takeover. Answers to others need not reach a capture. */
function roundsUnder(
  master: VrrpMaster,
  { changes, changeCount }: VirtualRouter,
  address: AddressFacts,
  question: Question,
): Exchange[] {
  if (changeCount > changes.length) return []
  const from = (changes.at(-1)?.at ?? master.firstAt) + 2_000_000
  const heard = question.probed ? ownRounds(address, question) : address.exchanges.filter(isAnswered)
  return heard.filter(({ mode, at }) => mode === 'broadcast' && at >= from && at <= master.lastAt)
}

function isAnswered({ answers }: Exchange): boolean {
  return answers.length > 0
}

function answering(rounds: readonly Exchange[]): Mac[] {
  return [...new Set(rounds.flatMap(({ answers }) => answers.map(({ mac }) => mac)))]
}

/** Any MAC of the machine will do. */
function macsOf(master: VrrpMaster, { vrid, family }: VirtualRouter, attribution: Attribution): ReadonlySet<Mac> {
  const nodes = master.macs.flatMap((mac) => attribution.ownersOf(mac)).map(({ node }) => node)
  return new Set([...master.macs, virtualRouterMac(vrid, family), ...nodes.flatMap((node) => attribution.macsOf(node))])
}

function nodeOf(mac: Mac, attribution: Attribution): string | null {
  const nodes = new Set(attribution.ownersOf(mac).map(({ node }) => node))
  return nodes.size === 1 ? [...nodes][0]! : null
}

function weigh({ node }: Machine, nodes: readonly (string | null)[]): Confidence & { severity?: 'warning' } {
  if (nodes.length === 0) return likely('its adverts and the requests stand in one capture, and no answer does')
  if (node !== null && nodes.every((one) => one !== null)) return likely('the hosts behind both MACs are known')
  return { severity: 'warning', ...possible('the MAC that answers may be another card of the same machine') }
}

function giveItTheAddress({ ip, machine, macs }: Unanswered): Fix {
  return {
    summary: `Find out why ${shortName(machine)} does not answer for ${ip}`,
    risk: 'none',
    where: 'node',
    ...(machine.node === null ? {} : { node: machine.node }),
    steps: [
      {
        kind: 'look',
        text: `On ${shortName(machine)}: does it hold the address, and on which interface? No output: something removed it, and a reload of keepalived adds it again`,
        run: sh`ip -brief address show to ${alone(ip)}`,
      },
      {
        kind: 'look',
        ...(isSix(ip)
          ? {
              text: 'It holds it: is it tentative or dadfailed, and does a packet filter drop solicitations?',
              run: sh`ip -6 address show to ${alone(ip)}; nft list ruleset; ip6tables -S`,
            }
          : {
              text: 'It holds it: arp_ignore, arp_filter and packet filters that keep it from answering',
              run: sh`sysctl -a 2>/dev/null | grep -E 'arp_(ignore|filter)|rp_filter'; nft list ruleset arp`,
            }),
      },
      lookAtConfiguration([machine]),
      ...(macs.length > 0
        ? [
            {
              kind: 'look' as const,
              text: 'Who answers instead: the neighbours with this MAC',
              run: sh`ip neigh show | grep -i ${parts(macs.map((mac) => part`-e ${mac}`))}`,
            },
          ]
        : []),
    ],
    verify: sh`l2doctor diagnose --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}
