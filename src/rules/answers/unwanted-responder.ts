import type { Reply } from '../../answering/model.js'
import type { AnswerTable } from '../../facts/answers/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { CERTAINTIES, type Confidence, certain, likely, possible } from '../certainty.js'
import { defineRule, type Evidence, type Severity } from '../define.js'
import { alone, commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { place, type Where } from '../wire/evidence.js'
import { fixesOf } from './cure-fixes.js'
import { type Cure, cureOf } from './cures.js'
import { howWords } from './how.js'
import { checksOf, lacks, reasonEvidence, responderEvidence, rightfulWords, tableSubject } from './parts.js'
import { answeringOf, type Fault, isIpvs, type Unwanted, unwantedOf } from './unwanted.js'

interface Answer {
  readonly node: string
  readonly interface: string
  /** Null: no capture shows it. */
  readonly mac: string | null
  readonly path: string
  readonly how: string
  readonly fault: Fault
}

interface UnwantedResponder extends Where {
  readonly macs: readonly string[]
  readonly answers: readonly Answer[]
  /** Who should answer; null: nobody says. */
  readonly expected: string | null
  readonly cures: readonly Cure[]
}

/** So many hosts are shown with all that was read. */
const SHOWN = 5

export const unwantedResponder = defineRule({
  id: 'answers/unwanted-responder',
  title: 'A host answers for the address and should not',
  severity: 'error',
  needs: ['answers', 'hosts'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/unexpected-responder',
    'wire/flip-flop',
    'wire/proxy-responder',
  ],
  docs: {
    what: 'By all that was read of a host its kernel, or an announcer on it, answers requests for the address (ARP, neighbour solicitations), and another machine should: the one that the operator, the announcer or the address itself names; without these, the one with the better claim (the address on the interface that was asked, before an address on lo or another interface, before proxy ARP). Or the right host answers on one interface too many. The finding names the path: an address that is held, arp_ignore, proxy_arp and a route, a proxy entry, a bridge port, an announcer.',
    why: 'Clients and routers keep the answer that came first or last, so they reach one machine now and the other later.',
    confirm:
      '`arping -b -I IFACE -c 3 VIP` (iputils) shows one MAC for each answer; `l2doctor predict --vip VIP --nodes-from DIR -v` shows why each host answers, check by check. After the fix one MAC is left.',
    falseAlarms:
      'During a failover two hosts have the address for a moment. Hosts and wire are not read in the same second. LVS real servers and anycast hosts, which hold the address on lo and keep silent about it, are not reported.',
    references: [
      'net/ipv4/arp.c arp_process, arp_ignore, arp_filter, arp_fwd_proxy',
      'Documentation/networking/ip-sysctl.rst arp_ignore, arp_filter, proxy_arp, proxy_arp_pvlan',
      'metallb/metallb#531',
      'kube-vip/kube-vip#996',
      'acassen/keepalived#2348',
      'RFC 5227 section 2.4',
    ],
  },
  *check({ answers, hosts }) {
    for (const table of answers) {
      const unwanted = unwantedOf(table, hosts)
      if (unwanted.length === 0) continue
      const all = answeringOf(table, hosts)
      const shown = unwanted.slice(0, SHOWN)
      yield {
        subject: tableSubject(table),
        ...weigh(unwanted, table),
        severity: severityOf(unwanted, table),
        ...formerlyOf(unwanted),
        data: describe(
          table,
          unwanted,
          unwanted.map((one) => cureOf(one, table, all)),
        ),
        evidence: shown.flatMap((one) => evidenceOf(one, table)),
        checks: shown.flatMap(({ answering: { explanation } }) =>
          checksOf(explanation.host, explanation.on, explanation.because),
        ),
      }
    }
  },
  message: (data: UnwantedResponder) => words(data),
  fixes: ({ cures, ip }: UnwantedResponder) => fixesOf(cures, ip),
})

function describe(table: AnswerTable, unwanted: readonly Unwanted[], cures: readonly Cure[]): UnwantedResponder {
  const answers = unwanted.map(({ answering, fault }) => ({
    node: answering.host.name,
    interface: answering.explanation.reply.interface,
    mac: answering.mac === null ? null : formatMac(answering.mac),
    path: answering.explanation.reply.path,
    how: howWords(answering),
    fault,
  }))
  return {
    ip: formatIp(table.ip),
    vlans: table.vlans,
    macs: [...new Set(answers.flatMap(({ mac }) => mac ?? []))],
    answers,
    expected: rightfulWords(table.rightful),
    cures,
  }
}

function words({ answers, expected, ...at }: UnwantedResponder): string {
  const shown = answers.slice(0, SHOWN).map(({ node, interface: name, mac, how, fault }) => {
    const also = fault === 'second-interface' ? 'also ' : ''
    return `${node} ${mac === null ? 'would answer' : `${also}answers`} on ${name}${mac === null ? '' : ` (${mac})`}: ${how}`
  })
  const more = answers.length > SHOWN ? ` and ${answers.length - SHOWN} more` : ''
  const should =
    expected === null || answers.every(({ fault }) => fault === 'second-interface')
      ? nobodySays(answers)
      : `; it should be ${expected}`
  return `${place(at)}: ${shown.join('; ')}${more}${should}`
}

function nobodySays(answers: readonly Answer[]): string {
  return answers.some(({ fault }) => fault === 'contested') ? '; nothing that was read says which of them should' : ''
}

function severityOf(unwanted: readonly Unwanted[], { seen, responders }: AnswerTable): Severity {
  const mild = unwanted.every(({ answering, fault }) => fault === 'second-interface' || answering.claim === 'proxy')
  const answering = seen === null ? new Set(unwanted.map(({ answering }) => answering.host)).size : responders.length
  return mild && answering < 2 ? 'warning' : 'error'
}

const FORMER: Partial<Record<Reply['path'], string>> = {
  proxy_arp: 'sysctl/proxy-arp',
  proxy_arp_pvlan: 'sysctl/proxy-arp-pvlan',
  'proxy-neighbour': 'neighbour/static-proxy-entry',
}

/** The former rule that judged all of these answers; none where they are of several kinds. */
function formerlyOf(unwanted: readonly Unwanted[]): { formerly?: readonly string[] } {
  const former = new Set(unwanted.map(formerOf))
  const [only] = former
  return former.size === 1 && only !== undefined ? { formerly: [only] } : {}
}

function formerOf({ answering: { explanation, held, host }, fault }: Unwanted): string | undefined {
  const { path } = explanation.reply
  if (path !== 'local') return FORMER[path]
  if (held.length > 0 && held.every((one) => isIpvs(host, one.interface))) return 'sysctl/arp-ignore'
  return fault === 'second-interface' ? 'sysctl/arp-flux-multi-nic' : undefined
}

/** No surer than the least sure of them. */
function weigh(unwanted: readonly Unwanted[], table: AnswerTable): Confidence {
  const all = unwanted.map((one) => confidenceOf(one, table))
  return all.sort((a, b) => CERTAINTIES.indexOf(b.certainty) - CERTAINTIES.indexOf(a.certainty))[0]!
}

function confidenceOf({ answering, fault }: Unwanted, { rightful, responders }: AnswerTable): Confidence {
  const { explanation, mac, host } = answering
  if (!explanation.sure) return possible(`not known of ${host.name}: ${explanation.missing.slice(0, 2).join(', ')}`)
  if (mac === null) return likely('every setting was read on the host, but no capture shows its answer')
  const others = responders.find((one) => one.mac === mac)?.explanations.filter((one) => one.host !== host.name) ?? []
  if (others.length > 0) return likely(`${others[0]!.host} has the same MAC and would answer too`)
  if (explanation.assumed.length > 0) return likely(lacks(explanation.assumed))
  if (fault === 'contested') return likely('the hosts were read and answer, but nothing says which of them should')
  if (rightful === null)
    return likely('the hosts were read and answer; which one should follows from where they hold the address')
  if (fault === 'other-machine' && rightful.by === 'announcer' && rightful.charges.some((one) => one.kernelHasASay))
    return likely('the objects that name the right node may be older than the last failover')
  return certain('every setting that makes it answer was read on the host, and its MAC answers on the wire')
}

function evidenceOf({ answering }: Unwanted, table: AnswerTable): Evidence[] {
  const { host, held, explanation, mac } = answering
  const holds = held.map(({ interface: name, ip, prefix }) => `${name} ${ip}/${prefix}`)
  const decisive = explanation.because.findLast(({ outcome, check }) => outcome === 'answers' || check === 'arp_ignore')
  return [
    ...(mac === null ? [] : responderEvidence(table, mac).slice(0, 1)),
    ...(holds.length > 0
      ? [commandEvidence(host, sh`ip -brief address show to ${alone(held[0]!.ip)}`, holds.join('\n'))]
      : []),
    ...(decisive ? [reasonEvidence(host.name, decisive)] : []),
  ]
}
