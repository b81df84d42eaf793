import type { Change } from '../../answering/change/model.js'
import { valueOr } from '../../known.js'
import type { Host, InterfaceOwner, NetworkManagerName } from '../../node/model.js'
import type { Edit, Editor } from './managers/edit.js'
import { ifupdownEdit } from './managers/ifupdown.js'
import { netplanEdit } from './managers/netplan.js'
import { networkManagerEdit } from './managers/network-manager.js'
import { networkdEdit } from './managers/networkd.js'

/** Who keeps a change over a reboot. */
export interface Keeping {
  readonly manager: NetworkManagerName | null
  /** The beginning of a sentence that says so. */
  readonly where: string
  /** Null: by hand. */
  readonly edit: Edit | null
}

export const FILES: Readonly<Record<NetworkManagerName, string>> = {
  netplan: '/etc/netplan',
  NetworkManager: '/etc/NetworkManager/system-connections',
  'systemd-networkd': '/etc/systemd/network',
  ifupdown: '/etc/network',
}

const EDITORS: Readonly<Record<NetworkManagerName, Editor>> = {
  netplan: netplanEdit,
  NetworkManager: networkManagerEdit,
  'systemd-networkd': networkdEdit,
  ifupdown: ifupdownEdit,
}

/** Netplan writes the files of the others, so it comes first. */
const ORDER: readonly NetworkManagerName[] = ['netplan', 'NetworkManager', 'systemd-networkd', 'ifupdown']

/** Null: not known. */
export function managersOf(host: Host | null): readonly NetworkManagerName[] | null {
  return host === null ? null : valueOr(host.sections.managers, null)
}

/** The manager of the change's interface; a rule goes with the interface of the other changes, or with what all interfaces share. */
export function keeping(change: Change, changes: readonly Change[], host: Host | null): Keeping {
  const owners = host === null ? [] : valueOr(host.sections.owners, [])
  const own = deviceOf(change)
  const device = own ?? changes.map(deviceOf).find((one) => one !== null) ?? null
  const ownerOf = (name: string | null) => owners.find((one) => one.interface === name)
  const found = device === null ? shared(owners) : ownerOf(device)
  // ifupdown makes the bridge after the ports: what a port gets before it is lost
  const owner = found?.manager === 'ifupdown' && change.kind === 'port' ? ownerOf(masterOf(host, device)) : found
  if (owner) return { manager: owner.manager, where: wordsOf(owner), edit: EDITORS[owner.manager](change, owner) }
  const managers = managersOf(host)
  const manager = ORDER.find((name) => managers?.includes(name)) ?? null
  if (manager === null) return { manager, where: 'What configures the network of this host is not known', edit: null }
  const without = device !== null && owners.length > 0 ? `, but no file of it sets up ${device}` : ''
  return { manager, where: `This host is configured by ${manager}${without}`, edit: null }
}

function wordsOf({ interface: name, manager, file }: InterfaceOwner): string {
  return name === ''
    ? `This host is configured by ${manager}`
    : `${name} is configured by ${manager}${file === '' ? '' : ` (${file})`}`
}

/** The one interface that is configured, or the manager of them all with no file in particular. */
function shared(owners: readonly InterfaceOwner[]): InterfaceOwner | undefined {
  const [first, ...others] = owners.filter(({ interface: name }) => name !== 'lo')
  if (first === undefined || others.length === 0) return first
  return others.every(({ manager }) => manager === first.manager)
    ? { interface: '', manager: first.manager, file: '', connection: null }
    : undefined
}

function masterOf(host: Host | null, device: string | null): string | null {
  const links = host === null ? [] : valueOr(host.sections.links, [])
  return links.find(({ name }) => name === device)?.master ?? null
}

function deviceOf(change: Change): string | null {
  switch (change.kind) {
    case 'route-add':
    case 'route-del':
      return change.route.hops[0]?.device ?? null
    case 'rule-add':
    case 'rule-del':
    case 'sysctl':
    case 'filter-add':
    case 'filter-del':
      return null
    default:
      return change.device
  }
}
