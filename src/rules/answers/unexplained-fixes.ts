import type { Fix, FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone } from '../host-parts.js'
import { sh } from '../shell.js'
import { isSix } from '../wire/evidence.js'
import { onSwitch, watchFrames } from '../wire/next-steps.js'

/** A host that should answer by all that was read, and did not. */
export interface Instead {
  readonly node: string
  readonly interface: string
  readonly requests: number
  /** By an announcer that answers itself; null: its kernel holds the address. */
  readonly announcer: string | null
}

export function findProgram(ip: string, node: string, macs: readonly string[]): Fix {
  return {
    summary: `Find the program on ${node} that answers for ${ip}`,
    risk: 'none',
    where: 'node',
    node,
    steps: [
      { kind: 'look', text: 'Programs that read frames by themselves hold a packet socket', run: sh`ss -0 -p` },
      {
        kind: 'look',
        text: 'Programs in the way of frames',
        run: sh`ip -d link; ls /sys/class/net | while read -r dev; do tc filter show dev "$dev" ingress; done; nft list ruleset`,
      },
      {
        kind: 'look',
        text: 'Does an interface have the MAC that answers?',
        run: sh`ip -brief link | grep -iE ${macs.join('|')}`,
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

export function findMachine(ip: string, macs: readonly string[], instead: Instead | null): Fix {
  return {
    summary: `Find the machine behind ${macs.join(' and ')} before anything is changed`,
    risk: 'none',
    where: 'switch',
    steps: [
      {
        kind: 'look',
        text: 'Is it a node after all? On each node: an interface, a member of a bond or a port of a bridge with this MAC',
        run: sh`ip -br link | grep -iE ${macs.join('|')}; grep -i "hw addr" /proc/net/bonding/* 2>/dev/null`,
        where: 'node',
      },
      { kind: 'look', text: 'On the switch: which port has it?', run: onSwitch(macs) },
      ...(instead ? stillThere(ip, instead) : []),
      {
        kind: 'persistent',
        text: 'Then, where it is another machine that was given this address: keep the address ranges of VIPs out of DHCP, and each to one cluster',
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function stillThere(ip: string, { node, interface: device, announcer }: Instead): FixStep[] {
  const whose: FixStep =
    announcer !== null
      ? { kind: 'look', text: 'Who is in charge of the address now?', run: sh`l2doctor who ${ip}` }
      : {
          kind: 'look',
          text: `Does ${node} still hold the address? If not, it has moved since, and the machine that answers may be the right one`,
          run: sh`ip -brief address show to ${alone(ip)}`,
          where: 'node',
          node,
        }
  return [
    whose,
    {
      kind: 'look',
      text: `If it is still ${node}: do requests reach it, and do its answers leave, while a client asks?`,
      run: isSix(ip) ? watchFrames(ip) : sh`timeout 20 tcpdump -p -n -e -i ${device} arp and host ${ip}`,
      where: 'node',
      node,
    },
  ]
}
