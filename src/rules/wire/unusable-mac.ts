import type { AddressFacts, ClaimFacts, Micros } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { BROADCAST_MAC, formatMac, isGroupMac, type Mac, macPrefix, ZERO_MAC } from '../../wire/mac.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type Severity } from '../define.js'
import { addressSubject, claimEvidence, listed, place, type Where, where } from './evidence.js'
import { findMachines } from './next-steps.js'

/** What a MAC is that no network card has for its own. */
type Kind =
  /** all ones, or all zeros: no host takes what is sent to it */
  | 'nobody'
  /** of a cluster of Network Load Balancing, whose machines all take it */
  | 'load-balancing'
  | 'multicast'

interface Unusable extends Where {
  readonly kind: Kind
  readonly macs: readonly string[]
  /** The Ethernet sources of these frames: who sends them. */
  readonly senders: readonly string[]
  /** It answers; else it only announces. */
  readonly answers: boolean
}

export const unusableMac = defineRule({
  id: 'wire/unusable-mac',
  title: 'The address is answered with a MAC that no single machine has',
  severity: 'error',
  needs: ['wire', 'question'],
  optional: ['expected'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/flip-flop', 'wire/unexpected-responder'],
  symptom: 'claim',
  docs: {
    what: 'An answer or an announcement names the broadcast MAC, the zero MAC or a multicast MAC as that of the address.',
    why: 'Linux clients take it as it is (arp_process does not look at it) and send to it. A frame to the zero MAC is taken by nobody. One to the broadcast MAC goes to every machine, and hosts discard it: Linux drops TCP, and what it would have to forward, if the frame was not sent to its own MAC. The BSDs refuse such an answer, and a router must not believe one with a broadcast or multicast MAC (RFC 1812): clients behind it cannot reach the address without a static entry. A multicast MAC works on the segment where all machines of a cluster are set up to take it.',
    confirm:
      '`tcpdump -n -e -i IFACE arp and host VIP`: the MAC after `is-at`. On a client: `ip neigh show VIP`. On a router: does its table have the address?',
    falseAlarms:
      'Network Load Balancing of Windows answers with 03:bf:… or 01:00:5e:7f:… on purpose, which is information. Other clusters that share one multicast MAC (CLUSTERIP and `-m cluster` of iptables, firewalls in multicast mode) are a warning: they work where routers have static entries. A MAC named with --expect-mac is not reported.',
    references: [
      'RFC 1812 section 3.3.2',
      'RFC 1122 section 3.3.6',
      'net/ipv4/arp.c (arp_process)',
      'net/ipv4/tcp_ipv4.c (tcp_v4_rcv)',
      'net/ipv4/ip_forward.c (ip_forward)',
      'https://man.freebsd.org/cgi/man.cgi?query=arp&sektion=4 (allow_multicast)',
    ],
  },
  *check({ wire, question: { expectedMacs }, expected }) {
    for (const address of wire.addresses) {
      const isAnnounced = (expected?.get(formatIp(address.ip))?.nodes.length ?? 0) > 0
      for (const kind of ['nobody', 'multicast', 'load-balancing'] as const) {
        const claims = address.claims.filter(
          (claim) => kindOf(claim.mac) === kind && isTold(claim) && !expectedMacs.includes(claim.mac),
        )
        if (claims.length === 0) continue
        yield {
          subject: addressSubject(address),
          ...weigh(kind, claims, address, isAnnounced),
          data: describe(kind, claims, address),
          evidence: claims.flatMap((claim) => claimEvidence(address, claim)),
        }
      }
    }
  },
  message: ({ kind, macs, senders, answers, ...at }: Unusable) =>
    `${senders.length > 0 ? listed(senders) : 'a machine'} ${verb(answers, senders.length > 1)} for ${place(at)} with ${listed(macs)}, ${WORDS[kind]}`,
  fixes: ({ ip, kind, senders }) =>
    kind === 'load-balancing' || senders.length === 0 ? [] : [findMachines(ip, senders)],
})

function verb(answers: boolean, isPlural: boolean): string {
  const verb = answers ? 'answer' : 'send'
  return `${verb}${isPlural ? '' : 's'}${answers ? '' : ' announcements'}`
}

const WORDS: Readonly<Record<Kind, string>> = {
  nobody: 'a MAC that no machine can have: what clients send to it is discarded',
  'load-balancing':
    'the multicast MAC of a Network Load Balancing cluster: clients on the segment can use it, a router only with a static entry',
  multicast: 'a multicast MAC: a router can use it only with a static entry, and some hosts (the BSDs) refuse it too',
}

/** Answers to one request come nearer to each other. */
const SINCE: Micros = 1_000_000

/** 03:bf and the address of the cluster, or 01:00:5e:7f and the end of it with IGMP. */
const LOAD_BALANCING: readonly (readonly [prefix: number, bits: number])[] = [
  [0x03bf, 16],
  [0x0100_5e7f, 32],
]

function kindOf(mac: Mac): Kind | null {
  if (mac === BROADCAST_MAC || mac === ZERO_MAC) return 'nobody'
  if (!isGroupMac(mac)) return null
  return LOAD_BALANCING.some(([prefix, bits]) => macPrefix(mac, bits) === prefix) ? 'load-balancing' : 'multicast'
}

/** Whether no network card can have this MAC for its own. */
export function isUnusable(mac: Mac): boolean {
  return kindOf(mac) !== null
}

function isTold({ replies, gratuitous }: ClaimFacts): boolean {
  return replies + gratuitous > 0
}

function isAnswer({ answered: { broadcast, unicast, probe } }: ClaimFacts): boolean {
  return broadcast.answered + unicast.answered + probe.answered > 0
}

function weigh(
  kind: Kind,
  claims: readonly ClaimFacts[],
  { asked, claims: all }: AddressFacts,
  isAnnounced: boolean,
): Confidence & { readonly severity: Severity } {
  const isOver = all.some(
    (one) => kindOf(one.mac) === null && claims.every(({ lastAt }) => one.lastAt - lastAt > SINCE),
  )
  const severity = asked && !isOver && claims.some(isAnswer) ? 'error' : 'warning'
  if (kind === 'load-balancing') return { severity: 'info', ...certain('the MAC has the form of such a cluster') }
  if (kind === 'multicast')
    return isAnnounced
      ? { severity, ...likely('no announcer of the cluster answers so, and Linux drops TCP to a multicast MAC') }
      : { severity: 'warning', ...likely('a cluster whose machines all take this MAC works on its segment') }
  if (isOver) return { severity, ...likely('a MAC that clients can use was named since') }
  return all.every(({ mac }) => kindOf(mac) === 'nobody')
    ? { severity, ...certain('no other MAC is named for the address') }
    : { severity, ...likely('another MAC is named too: which one a client takes was not seen') }
}

function describe(kind: Kind, claims: readonly ClaimFacts[], address: AddressFacts): Unusable {
  const senders = new Set(claims.flatMap(({ otherEthSources }) => otherEthSources))
  return {
    ...where(address),
    kind,
    macs: claims.map(({ mac }) => formatMac(mac)),
    senders: [...senders].map(formatMac),
    answers: claims.some(isAnswer),
  }
}
