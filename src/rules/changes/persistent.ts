import type { Change, FilterRule } from '../../answering/change/model.js'
import type { NetworkManagerName } from '../../node/model.js'
import type { FixStep } from '../fix.js'
import { type ShellCommand, sh } from '../shell.js'
import { commandOf, onOff, prefixText } from './command.js'

/** Read after what distributions, the kubelet and a CNI put there (sysctl.d(5): in the order of the file names). */
export const SYSCTL_FILE = '/etc/sysctl.d/99-zz-l2-vip.conf'

/** What makes the changes survive a reboot: settings in one file, the rest in the file of the manager that owns it. `managers` null: not known. */
export function persistentSteps(
  changes: readonly Change[],
  managers: readonly NetworkManagerName[] | null,
): readonly FixStep[] {
  const settings = changes.filter((change) => change.kind === 'sysctl')
  const others = changes.filter(({ kind }) => kind !== 'sysctl')
  return [
    ...(settings.length > 0 ? [settingsStep(settings, managers)] : []),
    ...others.flatMap((change) => networkStep(change, managers)),
  ]
}

/** What takes the lines out again. */
export function withoutSettings(changes: readonly Change[]): ShellCommand[] {
  return changes.flatMap((change) =>
    change.kind === 'sysctl' ? [sh`sed -i ${`\\|^${change.key} = ${change.value}$|d`} ${SYSCTL_FILE}`] : [],
  )
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
  forwarding: 'IPv4Forwarding=',
  proxy_arp: 'IPv4ProxyARP=',
  proxy_arp_pvlan: 'IPv4ProxyARPPrivateVLAN=',
  rp_filter: 'IPv4ReversePathFilter=',
}

function networkdKeys({ key }: Setting): string[] {
  const [, scope, name = ''] = /^net\.ipv4\.conf\.(.+)\.(\w+)$/.exec(key) ?? []
  const networkd = NETWORKD_SETTINGS[name]
  return networkd === undefined || scope === 'all' ? [] : [networkd]
}

function networkStep(change: Change, managers: readonly NetworkManagerName[] | null): FixStep[] {
  if (change.kind === 'filter-add' || change.kind === 'filter-del') return filterSteps(change.kind, change)
  // an entry that the kernel has learned is gone at the next boot in any case
  if (change.kind === 'neighbour-del' && !change.permanent) return []
  const owner = ownerOf(managers)
  const where = owner === null ? NOT_KNOWN : `This host is configured by ${owner}`
  const words = settingWords(change, owner)
  const mark = markOf(change)
  if (mark === null) return [{ kind: 'persistent', text: `${where}: ${words}` }]
  const files = owner === null ? Object.values(FILES) : [FILES[owner]]
  return [
    {
      kind: 'look',
      text: 'Which file sets it at boot? No output: none of these',
      run: sh`grep -rnsF -e ${mark} ${files}`,
    },
    { kind: 'persistent', text: `${where}: ${words}` },
  ]
}

/** Where distributions load packet filters from at boot. */
const FILTER_FILES = ['/etc/nftables.conf', '/etc/nftables', '/etc/nftables.d', '/etc/sysconfig', '/etc/network']

function filterSteps(kind: 'filter-add' | 'filter-del', { chain, rule }: FilterRule): FixStep[] {
  const mark = /\d+\.\d+\.\d+\.\d+/.exec(rule)?.[0] ?? `chain ${chain}`
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

/** Netplan writes the files of the others, so it comes first. */
const ORDER: readonly NetworkManagerName[] = ['netplan', 'NetworkManager', 'systemd-networkd', 'ifupdown']

function ownerOf(managers: readonly NetworkManagerName[] | null): NetworkManagerName | null {
  return ORDER.find((name) => managers?.includes(name)) ?? null
}

const NOT_KNOWN = 'What configures the network of this host is not known'

export const FILES: Readonly<Record<NetworkManagerName, string>> = {
  netplan: '/etc/netplan',
  NetworkManager: '/etc/NetworkManager/system-connections',
  'systemd-networkd': '/etc/systemd/network',
  ifupdown: '/etc/network',
}

/** What to look for in the files; null: nothing is to be taken out there. */
function markOf(change: Change): string | null {
  if (change.kind === 'address-del') return change.address.ip
  if (change.kind === 'proxy-del' || change.kind === 'neighbour-del') return change.ip
  return null
}

/** What to write, or to take out, in the words of the manager. */
function settingWords(change: Change, owner: NetworkManagerName | null): string {
  switch (change.kind) {
    case 'sysctl':
      return `${change.key} = ${change.value} in ${SYSCTL_FILE}`
    case 'address-add':
      return `add ${prefixText(change.address)} to ${ADDRESSES[owner ?? 'none']} of ${change.device}`
    case 'address-del':
      return `take ${prefixText(change.address)} out of ${ADDRESSES[owner ?? 'none']} of ${change.device}; a program that adds it (kube-vip, keepalived) must let go of it`
    case 'route-add':
    case 'route-del':
      return `${change.kind === 'route-add' ? 'add' : 'take out'} the route in ${ROUTES[owner ?? 'none']}`
    case 'rule-add':
    case 'rule-del':
      return `${change.kind === 'rule-add' ? 'add' : 'take out'} the rule in ${RULES[owner ?? 'none']}`
    case 'proxy-add':
      return bootCommand(change, owner)
    case 'proxy-del':
      return 'take it out of what adds it at boot (an interface script, a VPN, an old VIP script)'
    case 'neighbour-add':
      return bootCommand(change, owner)
    case 'neighbour-del':
      return 'take it out of what sets it at boot (an interface script, /etc/ethers, a network configuration)'
    case 'port':
      return portWords(change, owner)
    case 'link':
      return linkWords(change, owner)
    case 'link-mac':
    case 'filter-add':
    case 'filter-del':
      return bootCommand(change, owner)
  }
}

type Owner = NetworkManagerName | 'none'

const ADDRESSES: Readonly<Record<Owner, string>> = {
  netplan: '`addresses` in /etc/netplan/*.yaml',
  NetworkManager: '`address…` under [ipv4] in /etc/NetworkManager/system-connections',
  'systemd-networkd': '`Address=` in /etc/systemd/network/*.network',
  ifupdown: 'the `iface` stanza in /etc/network/interfaces',
  none: 'the network configuration',
}

const ROUTES: Readonly<Record<Owner, string>> = {
  netplan: '`routes` in /etc/netplan/*.yaml',
  NetworkManager: '`route…` under [ipv4] in /etc/NetworkManager/system-connections',
  'systemd-networkd': '[Route] in /etc/systemd/network/*.network',
  ifupdown: 'a `post-up` line in /etc/network/interfaces',
  none: 'the network configuration',
}

const RULES: Readonly<Record<Owner, string>> = {
  netplan: '`routing-policy` in /etc/netplan/*.yaml',
  NetworkManager: '`routing-rule…` under [ipv4] in /etc/NetworkManager/system-connections',
  'systemd-networkd': '[RoutingPolicyRule] in /etc/systemd/network/*.network',
  ifupdown: 'a `post-up` line in /etc/network/interfaces',
  none: 'the network configuration',
}

/** systemd.network(5), [Bridge]. */
const NETWORKD_PORT: Readonly<Record<string, string>> = {
  proxy_arp: 'ProxyARP',
  proxy_arp_wifi: 'ProxyARPWiFi',
  neigh_suppress: 'NeighborSuppression',
  isolated: 'Isolated',
  hairpin: 'HairPin',
  flood: 'UnicastFlood',
  learning: 'Learning',
}

function portWords(change: Extract<Change, { kind: 'port' }>, owner: NetworkManagerName | null): string {
  const key = NETWORKD_PORT[change.flag]
  if (owner === 'systemd-networkd' && key !== undefined) {
    return `${key}=${change.on ? 'yes' : 'no'} under [Bridge] in the .network file of ${change.device} (/etc/systemd/network)`
  }
  if (owner === 'NetworkManager' && change.flag === 'hairpin') {
    return `hairpin-mode=${change.on} under [bridge-port] in the connection of ${change.device}`
  }
  return bootCommand(change, owner)
}

function linkWords(change: Extract<Change, { kind: 'link' }>, owner: NetworkManagerName | null): string {
  if (owner === 'systemd-networkd' && change.flag === 'arp')
    return `ARP=${change.on ? 'yes' : 'no'} under [Link] in the .network file of ${change.device} (/etc/systemd/network)`
  if (owner === 'systemd-networkd' && change.on)
    return `ActivationPolicy=up under [Link] in the .network file of ${change.device} (/etc/systemd/network)`
  if (owner === 'netplan' && change.flag === 'up' && change.on)
    return `take \`activation-mode\` of ${change.device} out of /etc/netplan/*.yaml`
  if (owner === 'ifupdown' && change.flag === 'up' && change.on)
    return `\`auto ${change.device}\` in /etc/network/interfaces`
  if (owner === 'NetworkManager' && change.flag === 'up' && change.on)
    return `autoconnect=true in the connection of ${change.device} (/etc/NetworkManager/system-connections)`
  return `take out what turns ${change.flag === 'arp' ? 'ARP' : 'it'} ${onOff(!change.on)} on ${change.device} at boot, or run \`${commandOf(change)}\` ${hook(owner)}`
}

/** Where a manager has no key of its own for it. */
function bootCommand(change: Change, owner: NetworkManagerName | null): string {
  return `run \`${commandOf(change)}\` ${hook(owner)}`
}

function hook(owner: NetworkManagerName | null): string {
  switch (owner) {
    case 'ifupdown':
      return 'in a `post-up` line in /etc/network/interfaces'
    case 'NetworkManager':
      return 'from /etc/NetworkManager/dispatcher.d'
    case 'netplan':
    case 'systemd-networkd':
      return 'from a unit in /etc/systemd/system that starts after the network'
    case null:
      return 'at boot, from whatever brings the network up'
  }
}
