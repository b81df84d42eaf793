import type { Attribution } from '../../facts/attribution.js'
import type { Question } from '../../facts/question.js'
import { type Vacancy, vacancies, vacancyWords } from '../../facts/vacancy.js'
import type { ClaimFacts } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { defineRule, type Fix, type FixStep } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, listed, namedMac, place, type Where, where } from './evidence.js'
import { askNodes, findMachines } from './next-steps.js'

interface NobodyInCharge extends Where {
  readonly macs: readonly string[]
  /** The node of each of `macs`, in the same order; null where nobody knows it. */
  readonly nodes: readonly (string | null)[]
  readonly vacancy: Vacancy
}

export const nobodyInCharge = defineRule({
  id: 'wire/nobody-in-charge',
  title: 'The address is answered, and by the cluster nobody should answer',
  severity: 'warning',
  needs: ['wire', 'question', 'attribution', 'cluster', 'announcers'],
  symptom: 'claim',
  like: 'wire/unexpected-responder',
  docs: {
    what: 'A machine claims the address, and no object of the cluster puts anybody in charge: the address is in a pool and no Service has it, the lease that decides has expired or was given up, or the announcer rules every node out.',
    why: 'Traffic reaches a machine that the cluster does not count on: a node that kept the address and gets no news of endpoints any more, or a foreign machine. The next node that takes the address makes two.',
    confirm:
      '`l2doctor who VIP` names the object and its state; `arping -b -I IFACE -c 3 VIP` (iputils) shows the MAC that answers.',
    falseAlarms:
      'Objects that were saved are older than the capture, or the other way round: a failover in between looks the same. A list of leases that was saved of some namespaces only.',
    references: [
      'https://kubernetes.io/docs/concepts/architecture/leases/',
      'kube-vip/kube-vip#996',
      'RFC 5227 section 2.4',
    ],
  },
  *check({ wire, question, attribution, cluster, announcers }) {
    const vacancyOf = vacancies(cluster, announcers)
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      const claims = address.claims.filter((claim) => isOpen(claim, question))
      if (claims.length === 0 || question.own.ips.includes(address.ip)) continue
      const vacancy = vacancyOf(formatIp(address.ip))
      if (vacancy === null) continue
      yield {
        subject: addressSubject(address),
        ...weigh(vacancy),
        data: { ...where(address), ...named(claims, attribution), vacancy },
        evidence: claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ macs, nodes, vacancy, ...at }: NobodyInCharge) =>
    `${listed(macs.map((mac, index) => withNode(mac, nodes[index] ?? null)))} ${macs.length === 1 ? 'answers' : 'answer'} for ${place(at)}, although ${vacancyWords(vacancy)}`,
  fixes: ({ ip, macs, nodes, vacancy }: NobodyInCharge) => [fix(ip, macs, nodes, vacancy)],
})

/** Neither our own claim nor one that the operator named. */
function isOpen({ mac }: ClaimFacts, { own, expectedMacs }: Question): boolean {
  return !own.macs.includes(mac) && !expectedMacs.includes(mac)
}

function named(claims: readonly ClaimFacts[], attribution: Attribution): Pick<NobodyInCharge, 'macs' | 'nodes'> {
  return {
    macs: claims.map(({ mac }) => formatMac(mac)),
    nodes: claims.map(({ mac }) => nodeOf(mac, attribution)),
  }
}

function nodeOf(mac: Mac, attribution: Attribution): string | null {
  const owners = attribution.ownersOf(mac)
  return owners.length > 0 ? owners.map(({ node }) => node).join(' or ') : null
}

function withNode(mac: string, node: string | null): string {
  return node === null ? namedMac(mac) : `${node} (${mac})`
}

function weigh({ kind }: Vacancy): Confidence {
  return kind === 'no-lease'
    ? possible('a lease of another name, or of a namespace that was not read, would settle it')
    : likely('the answers and the objects were read; whether at the same moment is not known of saved ones')
}

function fix(ip: string, macs: readonly string[], nodes: readonly (string | null)[], vacancy: Vacancy): Fix {
  return askNodes(ip, nodes, askCluster(ip, vacancy)) ?? findMachines(ip, macs)
}

function askCluster(ip: string, vacancy: Vacancy): FixStep {
  if (vacancy.kind === 'unassigned')
    return {
      kind: 'look',
      text: 'Had a Service the address before? Its events say so for an hour',
      run: sh`kubectl get events -A | grep -w -F ${ip}`,
    }
  return { kind: 'look', text: 'What each source says of it', run: sh`l2doctor who ${ip}` }
}
