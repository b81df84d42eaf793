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

/**
 * From the container's image; of one without a tag, by its digest alone, from the labels that Helm writes on the workload. A tag
 * such as `latest` is another image tomorrow, and labels are written once: then nobody can say.
 */
export function workloadVersion(workload: Workload, container: Container): string | null {
  const { labels } = workload
  if (!isByDigestAlone(container.image)) return imageVersion(container.image)
  return (
    plainVersion(labels['app.kubernetes.io/version'] ?? '') ??
    plainVersion((labels['helm.sh/chart'] ?? '').replace(/^.*-(?=v?\d)/, ''))
  )
}

function isByDigestAlone(image: string): boolean {
  const [name = '', digest] = image.split('@')
  return digest !== undefined && !(name.split('/').pop() ?? '').includes(':')
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

/** The versions that a statement is true of, and where that is written. */
export interface VersionRange {
  /** The first version; absent: from the beginning. */
  readonly since?: string
  /** The first version that it is no longer true of; absent: to this day. */
  readonly until?: string
  /** Public: an issue, a change or a page of release notes. */
  readonly source: string
}

/** Whether a statement is true of the version; null when the version is not known well enough to say. */
export function holdsFor(span: VersionSpan, { since, until }: VersionRange): boolean | null {
  const begun = since === undefined ? true : isAtLeast(span, since)
  const ended = until === undefined ? false : isAtLeast(span, until)
  if (begun === false || ended === true) return false
  return begun === null || ended === null ? null : true
}

/** The span of an image that tells its version, or of one that does not. */
export function spanOf(version: string | null): VersionSpan {
  return version === null ? { exact: null, from: null, below: null } : exactly(version)
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
