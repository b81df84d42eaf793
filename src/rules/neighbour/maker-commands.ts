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
 * "IOS IPv6 Command Reference" (clear ipv6 neighbors: no single address), "Nexus 9000 NX-OS Command Reference" (clear ip arp).
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
}

export function commandsFor(format: NeighbourFormat, ip: string, entry: Parameters<Commands>[1]): MakerCommands {
  const { [format]: commands = COMMANDS.linux } = COMMANDS
  return commands(ip, entry)
}
