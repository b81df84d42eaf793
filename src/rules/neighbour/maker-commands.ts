import type { UpstreamEntry } from '../../facts/answers/model.js'
import type { NeighbourFormat } from '../../neighbours/model.js'
import { type ShellCommand, sh } from '../shell.js'
import { isSix } from '../wire/evidence.js'

/** What is typed on a device about one address. */
export interface MakerCommands {
  readonly show: ShellCommand
  /** Removes the entry of this address alone; null where the maker documents no such command. */
  readonly clear: ShellCommand | null
}

type Commands = (ip: string, entry: Pick<UpstreamEntry['entry'], 'interface'>) => MakerCommands

/**
 * For each maker, from its command reference: ip-neighbour(8); Cisco "IOS IP Addressing Services Command Reference" (clear ip arp),
 * "IOS IPv6 Command Reference" (clear ipv6 neighbors: no single address), "Nexus 9000 NX-OS Command Reference" (clear ip arp); Arista "EOS
 * User Manual" (clear arp, clear ipv6 neighbors); Juniper "CLI Reference" (clear arp, clear ipv6 neighbors;
 * show ipv6 neighbors takes no address); MikroTik "RouterOS documentation"
 * (ARP); arp(8) and ndp(8) of FreeBSD; SONiC "Command-Reference.md", whose `sonic-clear arp` knows no single address.
 */
const COMMANDS: Readonly<Record<NeighbourFormat, Commands>> = {
  linux: (ip, { interface: name }) => ({
    show: sh`ip -s neigh show to ${ip}`,
    clear: name === null ? null : sh`ip neigh del ${ip} dev ${name}`,
  }),
  'cisco-ios': (ip) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbors ${ip}`, clear: null }
      : { show: sh`show ip arp ${ip}`, clear: sh`clear ip arp ${ip}` },
  'cisco-nxos': (ip) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbor ${ip}`, clear: null }
      : { show: sh`show ip arp ${ip}`, clear: sh`clear ip arp ${ip}` },
  'arista-eos': (ip, { interface: name }) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbors ${ip}`, clear: name === null ? null : sh`clear ipv6 neighbors ${name} ${ip}` }
      : { show: sh`show ip arp ${ip}`, clear: sh`clear arp ${ip}` },
  junos: (ip) =>
    isSix(ip)
      ? { show: sh`show ipv6 neighbors | match ${ip}`, clear: sh`clear ipv6 neighbors host ${ip}` }
      : { show: sh`show arp hostname ${ip}`, clear: sh`clear arp hostname ${ip}` },
  mikrotik: (ip) =>
    isSix(ip)
      ? { show: sh`/ipv6 neighbor print where address=${ip}`, clear: null }
      : {
          show: sh`/ip arp print where address=${ip}`,
          clear: sh`/ip arp remove [find where address=${ip} and dynamic]`,
        },
  bsd: (ip) =>
    isSix(ip)
      ? { show: sh`ndp -n ${ip}`, clear: sh`ndp -d ${ip}` }
      : { show: sh`arp -n ${ip}`, clear: sh`arp -d ${ip}` },
  // a remote entry is BGP's: it goes when the VTEP that advertises it drops it
  frr: (ip) => ({ show: sh`vtysh -c 'show evpn arp-cache vni all' | grep -wF ${ip}`, clear: null }),
  sonic: (ip, { interface: name }) => ({
    show: isSix(ip) ? sh`show ndp ${ip}` : sh`show arp ${ip}`,
    clear: name === null ? null : sh`ip neigh del ${ip} dev ${name}`,
  }),
}

export function commandsFor(format: NeighbourFormat, ip: string, entry: Parameters<Commands>[1]): MakerCommands {
  const { [format]: commands = COMMANDS.linux } = COMMANDS
  return commands(ip, entry)
}
