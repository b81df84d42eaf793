import type { Gap } from '../known.js'
import type { Probe } from './probes.js'

/**
 * Sections of the collector that read files or processes. A pod on a node's network has the node's interfaces, routes, settings and
 * counters, but its image's files and its own processes: what these say is no fact of the node.
 */
const OF_IMAGE: readonly string[] = ['os-release', 'managers', 'keepalived', 'vrrp-filters']

/** What was read in a pod, without what it read of itself. */
export function ofNodeAlone(probes: Readonly<Record<string, Probe>>): Record<string, Probe> {
  return Object.fromEntries(Object.entries(probes).filter(([name]) => !OF_IMAGE.includes(name)))
}

/** Why a section is missing of a host that was read in a pod; null: not because of that. */
export function unseenInPod(probe: string): Omit<Gap, 'subject'> | null {
  return OF_IMAGE.includes(probe) ? { reason: IN_POD, hint: OVER_SSH } : null
}

export const IN_POD = 'it was read in a pod, which sees the files and processes of its image'
export const OVER_SSH = 'read the host over ssh for this, where it has ssh'
