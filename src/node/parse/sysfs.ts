import { parseMac } from '../../wire/mac.js'
import type { BondInfo, BridgeInfo, BridgePort } from '../model.js'
import type { BareLink } from '../roles.js'
import { MOST_LINKS, portState, tooManyLinks } from './links.js'
import { pathValues } from './path-values.js'

/** The files of one interface, by their path below /sys/class/net/IFACE; a file of many lines joins them. */
type Files = ReadonlyMap<string, string>

const FILE = /^\/sys\/class\/net\/([^/]+)\/(.+)$/

export function sysfsFiles(text: string): Map<string, Map<string, string>> {
  const interfaces = new Map<string, Map<string, string>>()
  for (const { path, value } of pathValues(text)) {
    const [, name, file] = FILE.exec(path) ?? []
    if (name === undefined || file === undefined) continue
    const files = interfaces.get(name) ?? new Map<string, string>()
    const before = files.get(file)
    interfaces.set(name, files.set(file, before === undefined ? value : `${before}\n${value}`))
  }
  return interfaces
}

/** Adds what only sysfs tells: the raw flags, wireless, and the bridge port fields that this `ip` does not print. */
export function withSysfs(link: BareLink, files: Files | undefined): BareLink {
  if (!files) return link
  const flags = rawFlags(files)
  return {
    ...link,
    promiscuousFlag: flags === null ? null : (flags & IFF.PROMISC) !== 0,
    wireless: files.has('wireless') || files.has('phy80211'),
    bridgePort: link.bridgePort && fillIn(link.bridgePort, files),
  }
}

/** The links as sysfs alone knows them, for an `ip` without JSON. What it cannot know is null. Throws TooMuch. */
export function linksFromSysfs(links: string, flags: string): BareLink[] | null {
  const all = sysfsFiles(`${flags}\n${links}`)
  if (all.size > MOST_LINKS) throw tooManyLinks()
  const vlans = vlanIds(links)
  const found = [...all].flatMap(([name, files]) => bareLink(name, files, kindOf(name, all), vlans.get(name) ?? null))
  return found.length > 0 ? found : null
}

/** include/uapi/linux/if.h */
const IFF = {
  UP: 0x1,
  BROADCAST: 0x2,
  LOOPBACK: 0x8,
  POINTOPOINT: 0x10,
  NOARP: 0x80,
  PROMISC: 0x100,
  ALLMULTI: 0x200,
  MULTICAST: 0x1000,
} as const

function bareLink(name: string, files: Files, kind: string | null, vlanId: number | null): BareLink[] {
  const index = Number(files.get('ifindex'))
  if (!Number.isInteger(index) || index <= 0) return []
  const master = masterOf(files)
  const bare: BareLink = {
    name,
    index,
    mac: parseMac(files.get('address') ?? ''),
    permanentMac: null,
    flags: flagNames(rawFlags(files) ?? 0),
    operstate: (files.get('operstate') ?? '').toUpperCase(),
    mtu: Number(files.get('mtu')) || 0,
    master,
    parent: kind === 'vlan' || kind === 'macvlan' ? lowerOf(files) : null,
    promiscuity: null,
    promiscuousFlag: null,
    kind,
    wireless: false,
    bridge: kind === 'bridge' ? bridgeInfo(files) : null,
    bridgePort: master !== null && has(files, 'brport/') ? { ...UNREAD_PORT, bridge: master } : null,
    bond: kind === 'bond' ? bondInfo(files) : null,
    vlanId,
    macvlanMode: null,
  }
  return [withSysfs(bare, files)]
}

/**
 * DEVTYPE names bridge, bond, vlan, vxlan, wlan. A macvlan has none, but stands on one that does not call it master; what
 * has no hardware and no ARP is a dummy, or as good as one.
 */
function kindOf(name: string, all: ReadonlyMap<string, Files>): string | null {
  const files = all.get(name)!
  const type = /^DEVTYPE=(\S+)$/m.exec(files.get('uevent') ?? '')?.[1] ?? null
  if (type !== null) return type === 'wlan' ? null : type
  const lower = all.get(lowerOf(files) ?? '')
  if (lower !== undefined && masterOf(lower) !== name) return 'macvlan'
  const flags = rawFlags(files) ?? 0
  return (flags & IFF.BROADCAST) !== 0 && (flags & IFF.NOARP) !== 0 && !files.has('device') ? 'dummy' : null
}

function masterOf(files: Files): string | null {
  return files.get('master')?.split('/').at(-1) ?? null
}

function lowerOf(files: Files): string | null {
  const lower = [...files.keys()].find((file) => file.startsWith('lower_'))
  return lower === undefined ? null : lower.slice('lower_'.length)
}

function has(files: Files, prefix: string): boolean {
  return [...files.keys()].some((file) => file.startsWith(prefix))
}

function rawFlags(files: Files): number | null {
  const flags = Number.parseInt(files.get('flags') ?? '', 16)
  return Number.isInteger(flags) ? flags : null
}

function flagNames(flags: number): string[] {
  return Object.entries(IFF).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]))
}

const VLAN_FILE = /^\/proc\/net\/vlan\/(.+)$/

/** /proc/net/vlan/IFACE begins `eth0.7  VID: 7	 REORDER_HDR: 1 …`. */
function vlanIds(text: string): Map<string, number> {
  return new Map(
    [...pathValues(text)].flatMap(({ path, value }): [string, number][] => {
      const [name, vid] = [VLAN_FILE.exec(path)?.[1], /\bVID: (\d+)/.exec(value)?.[1]]
      return name === undefined || vid === undefined ? [] : [[name, Number(vid)]]
    }),
  )
}

function bridgeInfo(files: Files): BridgeInfo {
  return {
    vlanFiltering: flag(files, 'bridge/vlan_filtering'),
    nfCallIptables: flag(files, 'bridge/nf_call_iptables'),
  }
}

/** The sysfs bonding files say `active-backup 1`. */
function bondInfo(files: Files): BondInfo {
  const word = (file: string) => files.get(file)?.split(' ')[0] || null
  return {
    mode: word('bonding/mode') ?? '',
    failOverMac: word('bonding/fail_over_mac'),
    activeMember: word('bonding/active_slave'),
  }
}

const UNREAD_PORT: Omit<BridgePort, 'bridge'> = {
  state: null,
  proxyArp: null,
  proxyArpWifi: null,
  neighSuppress: null,
  hairpin: null,
  learning: null,
  flood: null,
  multicastFlood: null,
  broadcastFlood: null,
  isolated: null,
  locked: null,
}

function fillIn(port: BridgePort, files: Files): BridgePort {
  const state = files.get('brport/state')
  return {
    bridge: port.bridge,
    state: port.state ?? portState(state === undefined ? null : Number(state)),
    proxyArp: port.proxyArp ?? flag(files, 'brport/proxyarp'),
    proxyArpWifi: port.proxyArpWifi ?? flag(files, 'brport/proxyarp_wifi'),
    neighSuppress: port.neighSuppress ?? flag(files, 'brport/neigh_suppress'),
    hairpin: port.hairpin ?? flag(files, 'brport/hairpin_mode'),
    learning: port.learning ?? flag(files, 'brport/learning'),
    flood: port.flood ?? flag(files, 'brport/unicast_flood'),
    multicastFlood: port.multicastFlood ?? flag(files, 'brport/multicast_flood'),
    broadcastFlood: port.broadcastFlood ?? flag(files, 'brport/broadcast_flood'),
    isolated: port.isolated ?? flag(files, 'brport/isolated'),
    locked: port.locked ?? flag(files, 'brport/locked'),
  }
}

function flag(files: Files, file: string): boolean | null {
  const value = files.get(file)
  return value === '0' ? false : value === '1' ? true : null
}
