import type { Fix } from '../define.js'
import { sh } from '../shell.js'

/** A bridge port flag set now and for the next boot. */
export function portFix(
  node: string,
  port: string,
  flag: string,
  wanted: 'on' | 'off',
  summary: string,
  sideEffects: readonly string[] = [],
): Fix {
  const set = (value: string) => sh`ip link set dev ${port} type bridge_slave ${flag} ${value}`
  return {
    summary,
    risk: 'none',
    where: 'node',
    node,
    steps: [
      { kind: 'runtime', text: 'Set it now', run: set(wanted) },
      {
        kind: 'persistent',
        text: `Take "${flag}" out of what sets it at boot: [Bridge] in the .network file (systemd-networkd), post-up lines (ifupdown), bridge-port settings (NetworkManager), or a script`,
        run: sh`grep -rnE ${`${flag}|bridge_slave`} /etc/systemd/network /etc/network /etc/netplan /etc/NetworkManager /usr/local 2>/dev/null`,
      },
    ],
    sideEffects,
    verify: sh`ip -d link show dev ${port} | grep -o ${`${flag} o[nf]*`}`,
    undo: set(wanted === 'on' ? 'off' : 'on'),
  }
}
