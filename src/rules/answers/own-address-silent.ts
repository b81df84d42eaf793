import { discoveryMutesOf } from '../../answering/unasked/discovery.js'
import { type Mute, mutesOf } from '../../answering/unasked/mutes.js'
import type { Facts } from '../../facts/facts.js'
import { effective } from '../../node/effective.js'
import type { Host } from '../../node/model.js'
import { isIpv4 } from '../../wire/ip.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineRule, type ProposedFix } from '../define.js'
import { type FixStep, ONLY_LOOKS } from '../fix.js'
import { raisingScopes, sysctlFix } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'
import { isSix, listed } from '../wire/evidence.js'
import { eachAudited } from './each-audited.js'
import { checksOf, FORMER_CHECKS, lacks, reasonEvidence } from './parts.js'
import { faultySilence } from './silence.js'

interface OwnSilent {
  readonly node: string
  readonly interface: string
  readonly mutes: readonly {
    readonly ips: readonly string[]
    readonly asker: string
    readonly held: boolean
    readonly check: string
    readonly setting: string
    readonly value: string
    readonly text: string
    /** What raises arp_ignore: `all`, the interface; empty for another check. */
    readonly scopes: readonly string[]
  }[]
}

const SHOWN = 5

export const ownAddressSilent = defineRule({
  id: 'answers/own-address-silent',
  title: 'A host would not answer for an address that it has, or is to have',
  severity: 'error',
  needs: ['question', 'hosts'],
  optional: ['answers', 'wire'],
  docs: {
    what: 'By all that was read of a host it answers on no interface for one of its own addresses: arp_ignore 8, arp_filter or rp_filter and a way back that leaves by another interface, a policy rule, a packet filter. Or its packet filter would drop the requests for an address that the rules name, or that was asked for, once the host has it. Of IPv6 each address of an interface on the wire, also a link-local one, whose solicitations would get no answer: duplicate address detection that failed, a packet filter, `disable_ipv6`, a group that was not joined.',
    why: 'The address is dead for the segment as soon as neighbour entries expire; a VIP that moves to this host is dead at once.',
    confirm:
      '`l2doctor predict --vip ADDRESS --nodes-from DIR -v` shows the check that stops it. For a packet filter: `nft list ruleset`, `arptables -L -n -v`, `ebtables -L --Lc`: the counter of the rule rises while a client asks. Of IPv6 `ip -6 address show dadfailed`.',
    falseAlarms:
      'Rules that protect against the spoofing of other addresses, and guides for LVS that use arptables on real servers on purpose. MetalLB and Cilium answer before the arp hook of nftables and whatever arp_ignore is. Where a capture was made, only what concerns its addresses is reported (answers/silent-holder).',
    references: [
      'net/ipv4/arp.c arp_process, arp_ignore, arp_filter',
      'Documentation/networking/ip-sysctl.rst arp_ignore, arp_filter, rp_filter',
      'nft(8) address families',
      'arptables-nft(8)',
      'RFC 4862 section 5.4.5',
      'net/ipv6/ndisc.c ndisc_recv_ns',
    ],
  },
  check: (facts) => eachAudited(facts, (host) => judge(host, facts.question.vips.filter(isIpv4), facts)),
  message: ({ node, interface: name, mutes }: OwnSilent) =>
    `${node} would not answer on ${name} for ${mutes
      .slice(0, SHOWN)
      .map(({ ips, held, text }) => `${shown(ips)}${held ? '' : `, if ${name} had the address`}: ${text}`)
      .join('; for ')}`,
  fixes: ({ node, mutes, ...rest }: OwnSilent): readonly ProposedFix[] => {
    const ignoring = mutes.find(({ check, scopes }) => check === 'arp_ignore' && scopes.length > 0)
    if (!ignoring) return [look({ node, mutes, ...rest })]
    const summary = `Let ${rest.interface} of ${node} answer again`
    return [sysctlFix({ node, scopes: ignoring.scopes, name: 'arp_ignore', value: 0, summary })]
  },
})

type Found = Pick<Facts, 'hosts'> & Partial<Pick<Facts, 'answers'>>

function* judge(host: Host, vips: readonly number[], { answers = [], hosts }: Found) {
  const silent = answers.flatMap((table) => faultySilence(table, hosts).filter((one) => one.host === host.name))
  const said = new Set(silent.map(({ deciding }) => deciding.setting))
  const all = [...mutesOf(host, vips), ...discoveryMutesOf(host)]
  const mutes = all.filter(({ deciding }) => !said.has(deciding.setting))
  for (const name of new Set(mutes.map(({ on }) => on))) {
    const own = mutes.filter(({ on }) => on === name)
    yield { subject: interfaceSubject(host, name), ...describe(host, name, own) }
  }
}

function describe(host: Host, name: string, mutes: readonly Mute[]) {
  const checks = new Set(mutes.map(({ deciding }) => deciding.check))
  const [check = ''] = checks
  const former = checks.size === 1 ? FORMER_CHECKS[check] : undefined
  return {
    ...weigh(mutes),
    severity: mutes.some(({ held }) => held) ? ('error' as const) : ('warning' as const),
    data: {
      node: host.name,
      interface: name,
      mutes: mutes.map(({ ips, asker, held, deciding: { check, setting, value, text } }) => ({
        ips,
        asker,
        held,
        check,
        setting,
        value,
        text,
        scopes: check === 'arp_ignore' ? ignoreScopes(host, setting) : [],
      })),
    },
    evidence: mutes.slice(0, SHOWN).map(({ deciding }) => reasonEvidence(host.name, deciding)),
    checks: mutes.slice(0, SHOWN).flatMap(({ on, because }) => checksOf(host.name, on, because)),
    ...(former === undefined ? {} : { formerly: [former] }),
  }
}

/** `net.ipv4.conf.eth0.arp_ignore`: the device at which the check was made. */
function ignoreScopes({ sections: { sysctls } }: Host, setting: string): string[] {
  const [, device = ''] = /^net\.ipv4\.conf\.(.+)\.arp_ignore$/.exec(setting) ?? []
  const found = sysctls.known ? effective(sysctls.value, 'arp_ignore', device.replaceAll('/', '.')) : null
  return found ? raisingScopes(found) : []
}

function weigh(mutes: readonly Mute[]): Confidence {
  const assumed = mutes.flatMap((one) => one.assumed)
  if (assumed.length > 0) return likely(lacks(assumed))
  return mutes.some(({ deciding }) => deciding.check === 'packet filter')
    ? likely('the rule covers the address, but no dropped frame was seen')
    : certain('every check was read on the host')
}

function shown(ips: readonly string[]): string {
  return ips.length > SHOWN ? `${ips.slice(0, SHOWN).join(', ')} …` : listed(ips)
}

function look({ node, mutes: [first], interface: name }: OwnSilent): ProposedFix {
  const ip = first?.ips[0] ?? ''
  const filter = first?.check === 'packet filter'
  const failed = first?.check === 'DAD'
  return {
    summary: filter
      ? `Let ${isSix(ip) ? 'neighbour discovery' : 'ARP'} for ${ip} through on ${node}`
      : failed
        ? `Find the other machine that has ${ip}, an address of ${node}`
        : `Find out on ${node} why ${name} keeps silent about ${ip}`,
    risk: 'none',
    where: 'node',
    node,
    steps: filter ? filterSteps(ip) : failed ? duplicateSteps(ip) : waySteps(ip, first?.asker ?? '', name),
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function filterSteps(ip: string): readonly FixStep[] {
  return [
    {
      kind: 'look',
      text: 'Find the rule and its counters',
      run: isSix(ip)
        ? sh`nft -a list ruleset; ip6tables -L -n -v; ebtables -L --Lc`
        : sh`nft -a list ruleset; arptables -L -n -v; ebtables -L --Lc`,
    },
    {
      kind: 'persistent',
      text: `Delete it, or put an accept for ${isSix(ip) ? 'neighbour solicitations and advertisements' : 'the address'} before it, where it is made: /etc/nftables.conf, firewalld, a CNI policy, a hypervisor filter`,
    },
  ]
}

/** Which of the two should have it, nothing here says. */
function duplicateSteps(ip: string): readonly FixStep[] {
  return [
    { kind: 'look', text: 'Is the address still marked as failed?', run: sh`ip -6 address show dadfailed` },
    {
      kind: 'look',
      text: 'Does another machine answer for it, and by which MAC?',
      run: sh`l2doctor scan --vip ${ip}`,
      where: 'workstation',
    },
    {
      kind: 'persistent',
      text: 'Give one of the two another address. If nobody else has it now, take it off the interface and put it back: detection runs again only then',
    },
  ]
}

function waySteps(ip: string, asker: string, name: string): readonly FixStep[] {
  const text = 'Which way does its answer take, and which settings judge it?'
  return [
    {
      kind: 'look',
      text,
      run: isSix(ip)
        ? sh`ip -6 rule; ip -6 route show table all; sysctl -a -r ${`net.ipv6.conf.(all|${name}).(disable_ipv6|forwarding|accept_dad)`}`
        : sh`ip route get ${asker} from ${ip}; ip rule; sysctl -a -r ${`net.ipv4.conf.(all|${name}).(arp|rp)_filter`}`,
    },
  ]
}
