import type { UpstreamEntry } from '../../facts/answers/model.js'
import type { NeighbourFormat } from '../../neighbours/model.js'
import { part, type ShellCommand, type ShellPart, sh } from '../shell.js'
import { isSix } from '../wire/evidence.js'

/** What is typed on a device about one address. */
export interface MakerCommands {
  readonly show: ShellCommand
  /** Removes the entry of this address alone; null where the maker documents no such command. */
  readonly clear: ShellCommand | null
}

type Commands = (ip: string, entry: Pick<UpstreamEntry['entry'], 'interface' | 'vrf'>) => MakerCommands

/**
 * For each maker, from its command reference: ip-neighbour(8); Cisco "IOS IP Addressing Services Command Reference" (clear ip arp),
 * "IOS IPv6 Command Reference" (clear ipv6 neighbors: no single address), "Nexus 9000 NX-OS Command Reference" (clear ip arp),
 * "IP Addresses and Services Command Reference for Cisco ASR 9000" (clear arp-cache: an interface or a line card whole); Arista "EOS
 * User Manual" (clear arp, clear ipv6 neighbors); Juniper "CLI Reference" (clear arp, clear ipv6 neighbors;
 * show ipv6 neighbors takes no address); MikroTik "RouterOS documentation"
 * (ARP); arp(8) and ndp(8) of FreeBSD; SONiC "Command-Reference.md", whose `sonic-clear arp` knows no single address.
 */
const COMMANDS: Readonly<Record<NeighbourFormat, Commands>> = {
  linux: (ip, { interface: name }) => ({
    show: sh`ip -s neigh show to ${ip}`,
    clear: name === null ? null : sh`ip neigh del ${ip} dev ${name}`,
  }),
  'cisco-ios': (ip, { vrf }) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbors ${option('vrf', vrf)}${ip}`, clear: null }
      : { show: sh`show ip arp ${option('vrf', vrf)}${ip}`, clear: sh`clear ip arp ${option('vrf', vrf)}${ip}` },
  'cisco-nxos': (ip, { vrf }) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbor ${ip}${behind('vrf', vrf)}`, clear: null }
      : { show: sh`show ip arp ${ip}${behind('vrf', vrf)}`, clear: sh`clear ip arp ${ip}${behind('vrf', vrf)}` },
  'cisco-xr': (ip, { vrf }) => ({
    show: isSix(ip)
      ? sh`show ipv6 neighbors ${option('vrf', vrf)}| include ${ip}`
      : sh`show arp ${option('vrf', vrf)}${ip}`,
    clear: null,
  }),
  'arista-eos': (ip, { interface: name, vrf }) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbors ${ip}`, clear: name === null ? null : sh`clear ipv6 neighbors ${name} ${ip}` }
      : { show: sh`show ip arp ${option('vrf', vrf)}${ip}`, clear: sh`clear arp ${option('vrf', vrf)}${ip}` },
  junos: (ip, { vrf }) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbors | match ${ip}`, clear: sh`clear ipv6 neighbors host ${ip}` }
      : {
          show: sh`show arp ${option('vpn', vrf)}hostname ${ip}`,
          clear: sh`clear arp ${option('vpn', vrf)}hostname ${ip}`,
        },
  mikrotik: (ip, { interface: name }) =>
    isSix(ip)
      ? { show: sh`/ipv6 neighbor print where address=${ip}`, clear: null }
      : {
          show: sh`/ip arp print where address=${ip}`,
          clear: sh`/ip arp remove [find where address=${ip}${onInterface(name)} and dynamic]`,
        },
  bsd: (ip) =>
    isSix(ip)
      ? { show: sh`ndp -n ${ip}`, clear: sh`ndp -d ${ip}` }
      : { show: sh`arp -n ${ip}`, clear: sh`arp -d ${ip}` },
  // a remote entry is BGP's: it goes when the VTEP that advertises it drops it
  frr: (ip) => ({ show: sh`vtysh -c 'show evpn arp-cache vni all' | grep -wF ${ip}`, clear: null }),
  // what it prints of a routing table it takes from the kernel
  sonic: (ip, { interface: name, vrf }) => ({
    show: vrf !== null ? sh`ip neigh show to ${ip} vrf ${vrf}` : isSix(ip) ? sh`show ndp ${ip}` : sh`show arp ${ip}`,
    clear: name === null ? null : sh`ip neigh del ${ip} dev ${name}`,
  }),
}

/** `vrf blue `, for a routing table that is named. */
function option(name: string, vrf: string | null): ShellPart {
  return vrf === null ? part`` : part`${name} ${vrf} `
}

/** ` vrf blue`. */
function behind(name: string, vrf: string | null): ShellPart {
  return vrf === null ? part`` : part` ${name} ${vrf}`
}

/** The same address on another interface stays; a name that RouterOS would have to have quoted is left out. */
function onInterface(name: string | null): ShellPart {
  return name !== null && /^[\w.-]+$/.test(name) ? part` and interface=${name}` : part``
}

export function commandsFor(format: NeighbourFormat, ip: string, entry: Parameters<Commands>[1]): MakerCommands {
  const { [format]: commands = COMMANDS.linux } = COMMANDS
  return commands(ip, entry)
}
