import type { PortFlag } from '../../answering/change/model.js'
import type { HostFix } from '../fix.js'

/** A bridge port flag, now and for the next boot. */
export function portFix(
  node: string,
  port: string,
  flag: PortFlag,
  wanted: 'on' | 'off',
  summary: string,
  sideEffects: readonly string[] = [],
): HostFix {
  return {
    summary,
    node,
    changes: [{ kind: 'port', device: port, flag, on: wanted === 'on' }],
    sideEffects,
  }
}
