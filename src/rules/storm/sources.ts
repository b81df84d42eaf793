import type { Fix } from '../define.js'
import { sh } from '../shell.js'
import { onSwitch } from '../wire/next-steps.js'

/** Picks out of tcpdump's lines what is asked or said, or the Ethernet source. */
const WHAT = ['grep', '-oE', '(who-has|Reply) [0-9.]+']
const WHO = ['awk', '{print $2}']

/** Finds the sender behind a rate, and what drives it. */
export function findSource(mac: string | null, ip: string | null): Fix {
  const filter = mac ? `arp and ether src ${mac}` : ip ? `arp and host ${ip}` : 'arp'
  return {
    summary: mac ? `Find the machine with ${mac} and what drives it` : 'Find who sends, and what drives it',
    risk: 'none',
    where: 'workstation',
    steps: [
      {
        kind: 'manual',
        text: mac ? 'See what it asks and says, most frequent first' : 'See who sends, most frequent first',
        run: sh`tcpdump -p -n -e -c 2000 -i IFACE ${filter} | ${mac ? WHAT : WHO} | sort | uniq -c | sort -rn | head`,
      },
      ...(mac
        ? ([
            { kind: 'manual', text: 'Which host has this MAC?', run: sh`ip neigh show | grep -i ${mac}` },
            {
              kind: 'manual',
              text: 'Or ask the switch for the port',
              run: onSwitch([mac]),
            },
          ] as const)
        : []),
      {
        kind: 'manual',
        text: 'On that host: which program or neighbour table drives it?',
        run: sh`ip -s neigh show | grep -E 'FAILED|INCOMPLETE' | head; journalctl -k --since -1h | grep -i 'neighbour table overflow'`,
      },
      {
        kind: 'manual',
        text: 'Has a switch port already shut itself for it? Cisco does so above 15 ARP frames a second where ARP inspection is on',
        run: sh`show interfaces status err-disabled`,
      },
    ],
    verify: 'l2doctor scan --passive --duration 30',
    undo: 'Nothing to undo: these steps only look.',
  }
}
