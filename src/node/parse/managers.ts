import type { InterfaceOwner, NetworkManagerName } from '../model.js'
import { type PathValue, pathValues } from './path-values.js'

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

/** The file of each interface, as the manager that runs says it; a stanza of ifupdown counts where none does. */
export function parseOwners(text: string): InterfaceOwner[] {
  const all = [...pathValues(text)]
  const names = new Map(all.flatMap(({ path, value }) => (INDEX.test(path) ? [[value, path.split('/')[4]!]] : [])))
  const files = new Map(
    all.flatMap(({ path, value }) => (/^uuid=/i.test(value) ? [[value.slice(5).replaceAll('"', ''), path]] : [])),
  )
  const nameOf = ({ path }: PathValue) => names.get(path.slice(path.lastIndexOf('/') + 1))
  const owners = [
    ...all.flatMap((one) => stanza(one) ?? []).reverse(),
    ...all.flatMap((one) => running(one, nameOf(one), files) ?? []),
  ]
  return [...new Map(owners.map((owner) => [owner.interface, owner])).values()]
}

const INDEX = /^\/sys\/class\/net\/[^/]+\/ifindex$/

function running(
  { path, value }: PathValue,
  name: string | undefined,
  files: ReadonlyMap<string, string>,
): InterfaceOwner | null {
  if (name === undefined) return null
  const [key, said = ''] = value.split('=')
  if (key === 'NETWORK_FILE' && path.startsWith('/run/systemd/netif/'))
    return { interface: name, manager: writtenByNetplan(said) ?? 'systemd-networkd', file: said, connection: null }
  const file = key === 'connection-uuid' ? files.get(said) : undefined
  // what it has only taken over from the kernel is described under /run
  if (file === undefined || (file.startsWith('/run/') && writtenByNetplan(file) === null)) return null
  return { interface: name, manager: writtenByNetplan(file) ?? 'NetworkManager', file, connection: said }
}

/** The names that `netplan generate` gives (src/networkd.c, src/nm.c). */
function writtenByNetplan(file: string): NetworkManagerName | null {
  return /^\/run\/(?:systemd\/network\/10-netplan-|NetworkManager\/system-connections\/netplan-)/.test(file)
    ? 'netplan'
    : null
}

/** `iface eth0 inet static`, interfaces(5). */
function stanza({ path, value }: PathValue): InterfaceOwner | null {
  const name = /^\s*iface\s+(\S+)/.exec(value)?.[1]
  if (name === undefined || !path.startsWith('/etc/network/')) return null
  return { interface: name, manager: 'ifupdown', file: path, connection: null }
}
