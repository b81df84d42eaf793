import { announcers } from './announcers/registry.js'
import { groupBy } from './group-by.js'
import { NETWORK } from './network/reads.js'
import type { ConfigMapReads, Reads } from './reads.js'

/** What is read for the sake of all programs together. */

/** A DaemonSet that cannot make its pods is the same fault in every announcer. */
const ANY_ANNOUNCER: Reads = { events: [{ reason: 'FailedCreate', of: 'DaemonSet' }] }

export const ALL_READS: readonly Reads[] = [...announcers.map(({ reads }) => reads), ...NETWORK, ANY_ANNOUNCER]

export const EVENTS = ALL_READS.flatMap(({ events }) => events ?? [])
export const EVENT_REASONS: ReadonlySet<string> = new Set(EVENTS.map(({ reason }) => reason))

export const CONFIG_MAPS: ReadonlyMap<string, ConfigMapReads> = new Map(
  ALL_READS.flatMap(({ configMaps }) => Object.entries(configMaps ?? {})),
)

export const VARIABLES: ReadonlySet<string> = new Set(ALL_READS.flatMap(({ variables }) => variables ?? []))
export const SWITCHES: ReadonlySet<string> = new Set(ALL_READS.flatMap(({ switches }) => switches ?? []))
export const FLAGS: ReadonlySet<string> = new Set([...ALL_READS.flatMap(({ flags }) => flags ?? []), ...SWITCHES])

/** Whether a workload with such an image or container is kept, and whether its pods are. */
export const isReadImage = anyOf(ALL_READS)
export const READ_CONTAINERS: ReadonlySet<string> = new Set(ALL_READS.flatMap(({ containers }) => containers ?? []))
export const isReadPodImage = anyOf(ALL_READS.filter(({ pods }) => pods))

/** One selector a label. A bare static pod has none, and is found on its node. */
export const DEPLOYMENT_SELECTORS = selectors(ALL_READS).flatMap(({ label, values }) => oneOf(label, values) ?? [])
export const POD_SELECTORS = selectors(ALL_READS.filter(({ pods }) => pods)).map(
  ({ label, values }) => oneOf(label, values) ?? label,
)

function anyOf(all: readonly Reads[]): (image: string) => boolean {
  const parts = all.flatMap(({ images }) => images ?? [])
  return (image) => parts.some((part) => image.toLowerCase().includes(part))
}

function selectors(all: readonly Reads[]): readonly { readonly label: string; readonly values: readonly string[] }[] {
  const byLabel = groupBy(
    all.flatMap(({ labels }) => Object.entries(labels ?? {})),
    ([label]) => label,
  )
  return [...byLabel].map(([label, own]) => ({ label, values: [...new Set(own.flatMap(([, values]) => values))] }))
}

function oneOf(label: string, values: readonly string[]): string | null {
  return values.length === 0 ? null : `${label} in (${values.join(',')})`
}
