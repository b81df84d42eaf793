import type { Reason } from '../../answering/model.js'
import type { AnswerTable, Rightful } from '../../facts/answers/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import type { Check, Evidence, Subject } from '../define.js'
import type { ShellCommand } from '../shell.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, frameEvidence, listed, place } from '../wire/evidence.js'

/** What the rules on the table of answers share: subjects, words, evidence. */

export function tableSubject({ ip, vlans }: AnswerTable): Subject {
  return addressSubject({ ip, vlans })
}

/** `10.0.0.240`, `10.0.0.240 on VLAN 100`. */
export function placeOf({ ip, vlans }: AnswerTable): string {
  return place({ ip: formatIp(ip), vlans })
}

/** `node-c (metallb election)`; null where nobody says who should answer. */
export function rightfulWords(rightful: Rightful | null): string | null {
  if (rightful === null) return null
  if (rightful.by === 'operator') return `${listed(rightful.macs.map(formatMac))} (--expect-mac)`
  if (rightful.by === 'node') return `${listed(rightful.nodes)}, whose own address it is`
  const [said] = rightful.charges
  const [node = ''] = rightful.nodes
  return said ? `${node} (${said.title}, ${said.because.from})` : node
}

export function checksOf(host: string, on: string, because: readonly Reason[]): Check[] {
  return because.map(({ outcome, text, setting, value, from }) => ({
    host,
    interface: on,
    outcome,
    text,
    setting,
    value,
    from,
  }))
}

/** Settings that the snapshot does not show, `net.ipv4.conf.eth0.medium_id = 0`, in words. */
export function lacks(assumed: readonly string[]): string {
  const names = assumed.map((one) =>
    one.includes(' = ') ? (one.replace(/ = .*/, '').split('.').at(-1) ?? one) : one.replace(/^no | \(.*/g, ''),
  )
  return `the snapshot lacks ${[...new Set(names)].slice(0, 3).join(', ')}, for which the kernel's default counts`
}

/** What settles it: the check that answered or refused, with what it read. */
export function reasonEvidence(host: string, reason: Reason): Evidence {
  if (reason.from.startsWith('the cluster')) {
    return {
      kind: 'object',
      object: reason.setting.split(' ')[0]!,
      path: reason.setting.split(' ')[1] ?? '',
      value: reason.value,
    }
  }
  return { kind: 'command', host, command: showing(reason), output: `${reason.setting} = ${reason.value}` }
}

function showing({ setting, from }: Reason): ShellCommand {
  if (!from.startsWith('/proc/sys/')) return from as ShellCommand
  const [, scope = '', name = ''] = /^net\.ipv4\.conf\.(.+)\.(\w+)$/.exec(setting) ?? []
  return scope === '' ? sh`sysctl ${setting}` : sh`sysctl ${[`net.ipv4.conf.all.${name}`, setting]}`
}

/** The frames in which a MAC answered. */
export function responderEvidence({ seen }: AnswerTable, mac: number): Evidence[] {
  const claim = seen?.claims.find((one) => one.mac === mac)
  return seen && claim ? claimEvidence(seen, claim) : []
}

/** The first request that was not answered. */
export function unansweredEvidence({ seen, ip }: AnswerTable): Evidence[] {
  const lost = seen?.exchanges.find(({ answers, mode }) => answers.length === 0 && mode !== 'probe')
  return lost ? [frameEvidence(lost.frame, lost.at, `request for ${formatIp(ip)} (${lost.mode}), no answer`)] : []
}

/** The checks that former rules judged. */
export const FORMER_CHECKS: Readonly<Record<string, string | undefined>> = {
  arp_ignore: 'sysctl/arp-ignore',
  'packet filter': 'firewall/arp-filtered',
}
