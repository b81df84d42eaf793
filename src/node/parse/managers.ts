import type { NetworkManagerName } from '../model.js'

const SIGNS: readonly (readonly [prefix: string, manager: NetworkManagerName])[] = [
  ['/etc/netplan/', 'netplan'],
  ['/run/NetworkManager/', 'NetworkManager'],
  ['/run/systemd/netif/', 'systemd-networkd'],
  ['/etc/network/interfaces', 'ifupdown'],
]

/** Which of the files that only a network manager leaves behind are there. */
export function parseManagers(text: string): NetworkManagerName[] {
  const found = text.split('\n')
  return SIGNS.filter(([prefix]) => found.some((path) => path.startsWith(prefix))).map(([, manager]) => manager)
}
