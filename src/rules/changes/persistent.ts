import type { Change, FilterRule } from '../../answering/change/model.js'
import type { Host, NetworkManagerName } from '../../node/model.js'
import type { FixStep } from '../fix.js'
import { type ShellCommand, sh } from '../shell.js'
import { lasting } from './lasting.js'
import { FILES, keeping, managersOf } from './owner.js'
import { settingWords } from './persistent-words.js'
import { SYSCTL_FILE } from './sysctl-file.js'

/** What makes the changes survive a reboot: settings in one file, the rest in the file of the manager that owns it. `host` null: it was not read. */
export function persistentSteps(changes: readonly Change[], host: Host | null): readonly FixStep[] {
  const settings = changes.filter((change) => change.kind === 'sysctl')
  const others = lasting(changes).filter(({ kind }) => kind !== 'sysctl')
  return [
    ...(settings.length > 0 ? [settingsStep(settings, managersOf(host))] : []),
    ...others.flatMap((change) => networkStep(change, changes, host)),
  ]
}

/** What takes the lines out again, and puts back what was taken out; the last change first. */
export function withoutPersistent(changes: readonly Change[], host: Host | null): ShellCommand[] {
  return [...changes].reverse().flatMap((change) => {
    if (change.kind === 'sysctl') return [sh`sed -i ${`\\|^${change.key} = ${change.value}$|d`} ${SYSCTL_FILE}`]
    const { edit } = keeping(change, changes, host)
    return edit === null ? [] : [edit.undo]
  })
}

type Setting = Extract<Change, { kind: 'sysctl' }>

function settingsStep(settings: readonly Setting[], managers: readonly NetworkManagerName[] | null): FixStep {
  const own = managers?.includes('systemd-networkd') ? settings.flatMap(networkdKeys) : []
  const others =
    own.length > 0
      ? `systemd-networkd sets it too where ${[...new Set(own)].join(' or ')} stands in /etc/systemd/network, and so may the CNI`
      : 'a network manager or the CNI may set it again'
  return {
    kind: 'persistent',
    text: `Keep it over a reboot in ${SYSCTL_FILE}; ${others}: check it after the next boot`,
    run: sh`printf '%s\\n' ${settings.map(({ key, value }) => `${key} = ${value}`)} >> ${SYSCTL_FILE}`,
  }
}

/** systemd.network(5), [Network]: settings of an interface that networkd writes itself. */
const NETWORKD_SETTINGS: Readonly<Record<string, string>> = {
  'ipv4 forwarding': 'IPv4Forwarding=',
  'ipv4 proxy_arp': 'IPv4ProxyARP=',
  'ipv4 proxy_arp_pvlan': 'IPv4ProxyARPPrivateVLAN=',
  'ipv4 rp_filter': 'IPv4ReversePathFilter=',
  'ipv6 forwarding': 'IPv6Forwarding=',
  'ipv6 proxy_ndp': 'IPv6ProxyNDP=',
  'ipv6 accept_ra': 'IPv6AcceptRA=',
  'ipv6 dad_transmits': 'IPv6DuplicateAddressDetection=',
}

function networkdKeys({ key }: Setting): string[] {
  const [, family, scope, name] = /^net\.(ipv[46])\.conf\.(.+)\.(\w+)$/.exec(key) ?? []
  const networkd = NETWORKD_SETTINGS[`${family} ${name}`]
  return networkd === undefined || scope === 'all' ? [] : [networkd]
}

function networkStep(change: Change, changes: readonly Change[], host: Host | null): FixStep[] {
  if (change.kind === 'filter-add' || change.kind === 'filter-del') return filterSteps(change.kind, change)
  // an entry that the kernel has learned is gone at the next boot in any case
  if (change.kind === 'neighbour-del' && !change.permanent) return []
  const { manager, where, edit } = keeping(change, changes, host)
  const words = settingWords(change, manager)
  const mark = markOf(change)
  const look: FixStep[] = mark === null ? [] : [lookFor(mark, manager)]
  if (edit === null) return [...look, { kind: 'persistent', text: `${where}: ${words}` }]
  const byHand = change.kind.endsWith('-del') ? '; where it is written otherwise than this line expects, by hand' : ''
  return [...look, { kind: 'persistent', text: `${where}: ${words}${byHand}`, run: edit.run }]
}

function lookFor(mark: string, manager: NetworkManagerName | null): FixStep {
  const files = manager === null ? Object.values(FILES) : [FILES[manager]]
  return {
    kind: 'look',
    text: 'Which file sets it at boot? No output: none of these',
    run: sh`grep -rnsF -e ${mark} ${files}`,
  }
}

/** Where distributions load packet filters from at boot. */
const FILTER_FILES = ['/etc/nftables.conf', '/etc/nftables', '/etc/nftables.d', '/etc/sysconfig', '/etc/network']

function filterSteps(kind: 'filter-add' | 'filter-del', { chain, rule }: FilterRule): FixStep[] {
  const mark = /\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*/.exec(rule)?.[0] ?? `chain ${chain}`
  const there = 'the file that loads the packet filter at boot (/etc/nftables.conf, /etc/sysconfig/nftables.conf)'
  return [
    {
      kind: 'look',
      text: 'Which file loads it at boot? No output: a program (firewalld, a CNI, a hypervisor) may add it',
      run: sh`grep -rnsF -e ${mark} ${FILTER_FILES}`,
    },
    {
      kind: 'persistent',
      text: `${kind === 'filter-del' ? 'Take the rule out of' : 'Write the rule into'} ${there}, or tell the program that adds it`,
    },
  ]
}

/** What to look for in the files; null: nothing is to be taken out there. */
function markOf(change: Change): string | null {
  if (change.kind === 'address-del') return change.address.ip
  if (change.kind === 'proxy-del' || change.kind === 'neighbour-del') return change.ip
  return null
}
