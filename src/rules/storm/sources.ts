import type { Fix } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { part, sh } from '../shell.js'
import { onSwitch } from '../wire/next-steps.js'
import type { Rate } from './rates.js'

/** Picks out of tcpdump's lines what is asked or said, or the Ethernet source. */
const WHAT = part`grep -oE '(who-has|Reply) [0-9.]+'`
const WHAT_SIX = part`grep -oE '(who has|tgt is) [0-9a-f:]+'`
const WHO = part`awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^([0-9a-f]+:)+[0-9a-f]+$/) { print $i; break } }'`

type Driven = Pick<Rate, 'mac' | 'ip'> & { readonly family?: 4 | 6 }

/** Finds the sender behind a rate, and what drives it. */
export function findSource({ mac, ip, family = 4 }: Driven): Fix {
  const kind = family === 6 ? 'icmp6 and ip6[40] >= 135 and ip6[40] <= 136' : 'arp'
  const filter = mac ? `${kind} and ether src ${mac}` : ip && family === 4 ? `arp and host ${ip}` : kind
  return {
    summary: mac ? `Find the machine with ${mac} and what drives it` : 'Find who sends, and what drives it',
    risk: 'none',
    where: 'workstation',
    steps: [
      {
        kind: 'look',
        text: mac ? 'See what it asks and says, most frequent first' : 'See who sends, most frequent first',
        run: sh`tcpdump -p -n -e -t -c 2000 -i any ${filter} | ${mac ? (family === 6 ? WHAT_SIX : WHAT) : WHO} | sort | uniq -c | sort -rn | head`,
      },
      ...(mac
        ? ([
            { kind: 'look', text: 'Which host has this MAC?', run: sh`ip neigh show | grep -i -e ${mac}` },
            {
              kind: 'look',
              text: 'Or ask the switch for the port',
              run: onSwitch([mac]),
            },
          ] as const)
        : []),
      {
        kind: 'look',
        text: 'On that host: which program or neighbour table drives it?',
        run: sh`ip -s neigh show | grep -E 'FAILED|INCOMPLETE' | head; journalctl -k --since -1h | grep -i 'neighbour table overflow'`,
      },
      {
        kind: 'look',
        text: `Has a switch port already shut itself for it?${family === 6 ? '' : ' Cisco does so above 15 ARP frames a second where ARP inspection is on'}`,
        run: sh`show interfaces status err-disabled`,
      },
    ],
    verify: 'l2doctor scan --passive --duration 30',
    undo: ONLY_LOOKS,
  }
}
