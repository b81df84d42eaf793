import type { AnswerTable, SilentHost } from '../../facts/answers/model.js'
import type { Host } from '../../node/model.js'
import { formatIp } from '../../wire/ip.js'
import { silentByAnnouncer } from '../announcer/silent-node.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { defineRule, type Evidence, type Fix, type ProposedFix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone, commandEvidence } from '../host-parts.js'
import { part, type ShellPart, sh } from '../shell.js'
import { isSix, place, type Where } from '../wire/evidence.js'
import { watchFrames } from '../wire/next-steps.js'
import { type AnnouncerAt, announcerAt, restartAgent, upgradeAnnouncer } from './announcer-fixes.js'
import type { HostCure } from './filter-cures.js'
import {
  checksOf,
  FORMER_CHECKS,
  lacks,
  reasonEvidence,
  rightfulWords,
  tableSubject,
  unansweredEvidence,
} from './parts.js'
import { faultySilence, heldOn, isAbsent, isOpen, isResolved, isTaken, requestsOf } from './silence.js'
import { hostCures } from './silence-cures.js'

interface SilentHolder extends Where {
  readonly silent: readonly Silent[]
  readonly expected: string | null
  readonly cures: readonly HostCure[]
  /** All of them hold the address on lo or a dummy device, as real servers do: none is the one that should answer. */
  readonly allAside: boolean
  /** Another machine has the address, says the failed check of the host, and one answers. */
  readonly taken: boolean
}

interface Silent {
  readonly node: string
  readonly interface: string
  readonly check: string
  readonly setting: string
  readonly value: string
  readonly text: string
  /** `eth0`, `lo`. */
  readonly held: readonly string[]
  /** The announcer that should put the address there, or answer itself. */
  readonly announcer: AnnouncerAt | null
  readonly absent: boolean
}

const SHOWN = 5
/** announcer/interface-missing says it. */
const OF_THE_ANNOUNCER = 'announcer interfaces'

export const silentHolder = defineRule({
  id: 'answers/silent-holder',
  title: 'A host that should answer for the address keeps silent',
  severity: 'error',
  needs: ['answers', 'hosts'],
  optional: ['cluster', 'announcers', 'wire', 'attribution', 'question'],
  explains: ['wire/no-answer', 'wire/broadcast-not-answered', 'wire/only-probes-answered', 'wire/intermittent-answer'],
  docs: {
    what: 'A host that the announcer or the operator names, or that holds the address where nobody answers, does not answer by all that was read of it. So is a host whose duplicate address detection failed, or still runs, while another machine answers. The finding names the check that decides: arp_ignore, arp_filter, rp_filter, a policy rule, the flag NOARP, an interface that is down, a packet filter, an address that is not there.',
    why: 'The address is dead for everybody who asks that way.',
    confirm:
      '`l2doctor predict --vip VIP --asker CLIENT --nodes-from DIR -v` shows every check of the host; on the host the command of the evidence shows the setting.',
    falseAlarms:
      'Hosts and wire are not read in the same second. A real server of LVS keeps silent by design; it is named only where no machine answers at all.',
    references: [
      'net/ipv4/arp.c arp_rcv, arp_process, arp_ignore, arp_filter',
      'net/ipv4/fib_frontend.c fib_validate_source',
      'Documentation/networking/ip-sysctl.rst arp_ignore, arp_filter, rp_filter',
      'acassen/keepalived#2512',
      'metallb/metallb#1536',
    ],
  },
  *check({ answers, hosts, ...facts }) {
    let said: ReadonlySet<string> | null = null
    for (const table of answers) {
      const all = faultySilence(table, hosts).filter(({ deciding }) => deciding.check !== OF_THE_ANNOUNCER)
      if (all.some(isAbsent)) said ??= silentByAnnouncer({ ...facts, hosts })
      const silent = said?.has(formatIp(table.ip)) ? all.filter((one) => !isAbsent(one)) : all
      if (silent.length === 0) continue
      const data = describe(table, silent, hosts)
      yield {
        subject: tableSubject(table),
        ...weigh(silent, table, data),
        severity: table.seen === null || data.taken ? 'warning' : 'error',
        data,
        evidence: [
          ...(data.taken ? [] : unansweredEvidence(table)),
          ...silent.slice(0, SHOWN).flatMap((one) => evidenceOf(one, hosts, table)),
        ],
        checks: silent.slice(0, SHOWN).flatMap(({ host, on, because }) => checksOf(host, on, because)),
        ...formerlyOf(silent),
      }
    }
  },
  message: (data: SilentHolder) => words(data),
  fixes: (data: SilentHolder) => fixes(data),
})

function describe(table: AnswerTable, silent: readonly SilentHost[], hosts: readonly Host[]): SilentHolder {
  const hostOf = (name: string) => hosts.find((host) => host.name === name)
  const rows = silent.map((one) => {
    const host = hostOf(one.host)
    const held = host ? heldOn(host, table) : []
    return {
      node: one.host,
      interface: one.on,
      check: one.deciding.check,
      setting: one.deciding.setting,
      value: one.deciding.value,
      text: one.deciding.text,
      held: held.map(({ device }) => device),
      announcer: one.charge ? announcerAt(one.charge) : null,
      absent: isAbsent(one),
      aside: held.length > 0 && held.every(({ aside }) => aside),
    }
  })
  const allAside = rows.length > 1 && rows.every(({ aside }) => aside)
  return {
    ip: formatIp(table.ip),
    vlans: table.vlans,
    silent: rows.map(({ aside: _, ...row }) => row),
    expected: rightfulWords(table.rightful),
    allAside,
    taken: isResolved(table) && silent.every((one) => isTaken(one, table)),
    cures: allAside
      ? []
      : silent.flatMap((one) => {
          const host = hostOf(one.host)
          return host && !isOpen(one) ? hostCures(one, host, table) : []
        }),
  }
}

function words({ silent, expected, allAside, taken, ...at }: SilentHolder): string {
  const shown = silent.slice(0, SHOWN).map((one) => `${one.node} ${silentWords(one)}`)
  const more = silent.length > SHOWN ? ` and ${silent.length - SHOWN} more` : ''
  if (allAside)
    return `no machine holds ${place(at)} where it is asked: ${shown.join('; ')}${more}, as real servers do behind a director`
  const should = expected === null ? '' : `; expected ${expected}`
  const state = taken ? 'is answered by another machine' : 'is not answered'
  return `${place(at)} ${state}: ${shown.join('; ')}${more}${should}`
}

function silentWords({ interface: name, text, held, announcer, absent }: Silent): string {
  if (absent && announcer)
    return `does not hold it, though ${announcer.title} says that it should (${announcer.detail})`
  const where = held.length > 0 ? `holds it on ${held.join(' and ')}, but ` : ''
  if (text.endsWith('is not known')) return `${where}${text}`
  return `${where}keeps silent on ${name}: ${text}`
}

function fixes(data: SilentHolder): readonly ProposedFix[] {
  const { silent, cures, ip, allAside, taken } = data
  if (taken) return [findOther(data)]
  const verify = sh`l2doctor scan --vip ${ip}`
  const own: ProposedFix[] = cures.map((cure) => ({ ...cure, verify }))
  const announcers = silent.flatMap(({ announcer, absent, check }) => {
    if (!announcer) return []
    if (check === 'announcer version') return [upgradeAnnouncer(announcer, ip)]
    return absent || check === 'announcer group' ? [restartAgent(announcer, ip)] : []
  })
  const all = [...own, ...announcers]
  return all.length > 0 && !allAside ? all : [look(data)]
}

/** Another machine has the address: which of the two should, nothing here says. */
function findOther({ silent, ip }: SilentHolder): Fix {
  const [node] = silent.map((one) => one.node)
  return {
    summary: `Find the machine that answers for ${ip}, and decide which of the two should hold it`,
    risk: 'none',
    where: 'node',
    ...(node === undefined ? {} : { node }),
    steps: [
      {
        kind: 'look',
        text: 'Is the address still marked tentative or dadfailed?',
        run: sh`ip -6 address show to ${alone(ip)}`,
      },
      {
        kind: 'look',
        text: 'Which machine answers, by its MAC?',
        run: sh`ip -6 neigh show to ${ip}`,
        where: 'workstation',
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function look({ silent, ip, allAside }: SilentHolder): Fix {
  const nodes = [...new Set(silent.map(({ node }) => node))].join(', ')
  const commands: Readonly<Record<string, string>> = {
    'packet filter': isSix(ip)
      ? sh`nft -a list ruleset; ip6tables -S; ebtables -L --Lc`
      : sh`nft -a list ruleset; arptables -L -n -v; ebtables -L --Lc`,
    VLAN: sh`bridge vlan show`,
    'bridge port': sh`bridge -d link show`,
  }
  const run = commands[silent[0]?.check ?? ''] ?? sh`ip -d address; ${routing(ip)}`
  return {
    summary: allAside
      ? `Find the director that should answer for ${ip}: every host read is a real server`
      : `Find out on ${nodes} why ${silent[0]?.text ?? 'it keeps silent'}`,
    risk: 'none',
    where: 'node',
    steps: [
      {
        kind: 'look',
        text: allAside
          ? 'Which machine balances for them? It should hold the address on its network card'
          : 'Look at what decides it',
        run: run as ReturnType<typeof sh>,
      },
      {
        kind: 'look',
        text: 'Which way does the answer take?',
        run: sh`${routing(ip)}`,
      },
      {
        kind: 'look',
        text: 'Does the request arrive, and does the answer leave?',
        run: watchFrames(ip),
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function routing(ip: string): ShellPart {
  return isSix(ip) ? part`ip -6 rule; ip -6 route show table all` : part`ip rule; ip route show table all`
}

/** The former rule that judged the check which stops all of them. */
function formerlyOf(silent: readonly SilentHost[]): { formerly?: readonly string[] } {
  const checks = new Set(silent.map(({ deciding }) => deciding.check))
  const [check = ''] = checks
  const former = checks.size === 1 ? FORMER_CHECKS[check] : undefined
  return former === undefined ? {} : { formerly: [former] }
}

/** Fewer requests may be lost frames. */
const SURE_REQUESTS = 3

function weigh(silent: readonly SilentHost[], table: AnswerTable, { allAside, taken }: SilentHolder): Confidence {
  const requests = requestsOf(table)
  const [first] = silent
  if (taken) return possible('the machine that answers may be the right one, and the host a former or a second holder')
  const open = silent.find(isOpen)
  if (open) return possible(`not known of ${open.host}: ${open.missing.slice(0, 2).join(', ')}`)
  if (allAside) return possible('the machine that should answer was not read')
  if (table.seen === null) return likely('every check was read on the host, but no capture shows its silence')
  const assumed = silent.find((one) => one.assumed.length > 0)
  if (assumed) return likely(lacks(assumed.assumed))
  if (silent.length > 1) return likely('each of them keeps silent; which one should answer is not known')
  if (requests < SURE_REQUESTS) return likely('only a few requests were seen: a lost frame looks the same')
  if (!first?.expected && table.unread.length > 0)
    return likely('another machine that was not read may be the one that should answer')
  if (first?.deciding.check.startsWith('announcer'))
    return likely('what was read says so, and the announcer itself was not asked')
  if (first?.expected && isAbsent(first) && table.rightful?.by === 'operator')
    return likely('it does not have the address, and what should put it there was not read')
  if (first?.expected && isAbsent(first))
    return likely('the objects that name the node may be older than the last failover')
  return certain('every check was read on the host, and it answered none of the requests')
}

function evidenceOf({ host: name, deciding }: SilentHost, hosts: readonly Host[], table: AnswerTable): Evidence[] {
  const host = hosts.find((one) => one.name === name)
  const held = host ? heldOn(host, table) : []
  const ip = formatIp(table.ip)
  const holds = held.map(({ device, prefix }) => `${device} ${ip}/${prefix}`)
  return [
    ...(host && holds.length > 0
      ? [commandEvidence(host, sh`ip -brief address show to ${alone(ip)}`, holds.join('\n'))]
      : []),
    reasonEvidence(name, deciding),
  ]
}
