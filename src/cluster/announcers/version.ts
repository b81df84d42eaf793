import semver from 'semver'
import type { Container, Workload } from '../model-workloads.js'

/**
 * What is known of a program's version: exactly, or only bounds that its arguments give away.
 * `from` is inclusive, `below` exclusive; versions are `1.2.3` without `v`.
 */
export interface VersionSpan {
  readonly exact: string | null
  readonly from: string | null
  readonly below: string | null
}

/** The `x.y.z` of an image's tag; null for a digest alone, `latest`, `main` and the like. */
export function imageVersion(image: string): string | null {
  const name = image.split('@')[0]!.split('/').pop()!
  return plainVersion(name.split(':')[1] ?? '')
}

/** From the container's image, else from the labels that Helm writes on the workload. */
export function workloadVersion(workload: Workload, container: Container): string | null {
  const { labels } = workload
  return (
    imageVersion(container.image) ??
    plainVersion(labels['app.kubernetes.io/version'] ?? '') ??
    plainVersion((labels['helm.sh/chart'] ?? '').replace(/^.*-(?=v?\d)/, ''))
  )
}

export function exactly(version: string): VersionSpan {
  return { exact: version, from: version, below: null }
}

/** Whether the version is at least `boundary`; null when the span does not tell. */
export function isAtLeast(span: VersionSpan, boundary: string): boolean | null {
  if (span.exact) return semver.gte(span.exact, boundary)
  if (span.from && semver.gte(span.from, boundary)) return true
  if (span.below && semver.lte(span.below, boundary)) return false
  return null
}

/** For people: `0.14.9`, `0.13.9 or later`, `before 0.13.0`, `of unknown version`. */
export function describeVersion({ exact, from, below }: VersionSpan): string {
  if (exact) return exact
  if (from && below) return `${from} or later, before ${below}`
  if (from) return `${from} or later`
  return below ? `before ${below}` : 'of unknown version'
}

function plainVersion(text: string): string | null {
  return /^v?(\d+\.\d+\.\d+)(?:[-+.].*)?$/.exec(text)?.[1] ?? null
}
