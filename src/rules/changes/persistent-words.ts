import type { Change } from '../../answering/change/model.js'
import type { NetworkManagerName } from '../../node/model.js'
import { isSix } from '../wire/evidence.js'
import { commandOf, onOff, prefixText } from './command.js'
import { PORT_KEYS } from './managers/networkd.js'
import { SYSCTL_FILE } from './sysctl-file.js'

/** What to write, or to take out, in the words of the manager. */
export function settingWords(change: Change, owner: NetworkManagerName | null): string {
  switch (change.kind) {
    case 'sysctl':
      return `${change.key} = ${change.value} in ${SYSCTL_FILE}`
    case 'address-add':
      return `add ${prefixText(change.address)} to ${addressesOf(owner, change.address.ip)} of ${change.device}`
    case 'address-del':
      return `take ${prefixText(change.address)} out of ${addressesOf(owner, change.address.ip)} of ${change.device}; a program that adds it (kube-vip, keepalived) must let go of it`
    case 'route-add':
    case 'route-del':
      return `${change.kind === 'route-add' ? 'add' : 'take out'} the route in ${ROUTES[owner ?? 'none'].replace('[ipv4]', `[ipv${change.route.family}]`)}`
    case 'rule-add':
    case 'rule-del':
      return `${change.kind === 'rule-add' ? 'add' : 'take out'} the rule in ${RULES[owner ?? 'none'].replace('[ipv4]', `[ipv${change.rule.family}]`)}`
    case 'proxy-add':
      return owner === 'systemd-networkd' && isSix(change.ip)
        ? `IPv6ProxyNDPAddress=${change.ip} under [Network] in the .network file of ${change.device} (/etc/systemd/network)`
        : bootCommand(change, owner)
    case 'proxy-del':
      return 'take it out of what adds it at boot (an interface script, a VPN, an old VIP script)'
    case 'neighbour-add':
      return bootCommand(change, owner)
    case 'neighbour-del':
      return `take it out of what sets it at boot (an interface script, ${isSix(change.ip) ? '' : '/etc/ethers, '}a network configuration)`
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

/** NetworkManager keeps the families apart. */
function addressesOf(owner: NetworkManagerName | null, ip: string): string {
  return ADDRESSES[owner ?? 'none'].replace('[ipv4]', isSix(ip) ? '[ipv6]' : '[ipv4]')
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

function portWords(change: Extract<Change, { kind: 'port' }>, owner: NetworkManagerName | null): string {
  const key = PORT_KEYS[change.flag]
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
