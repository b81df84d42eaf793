import type { Labels } from '../model-common.js'

/**
 * Reading of JSON that nobody vouches for: a wrong type reads as absent, nothing throws. Kubernetes' own defaults are
 * the normalisers' business.
 */
export type Raw = Readonly<Record<string, unknown>>

const NOTHING: Raw = {}

export function record(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : NOTHING
}

export function records(value: unknown): Raw[] {
  return Array.isArray(value) ? value.map(record) : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function count(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** Entries whose value is text; YAML turns unquoted label values into numbers, which no API server accepts. */
export function labels(value: unknown, keep: (name: string) => boolean = () => true): Labels {
  const kept: Record<string, string> = {}
  for (const [name, item] of Object.entries(record(value)))
    if (typeof item === 'string' && keep(name)) kept[name] = item
  return kept
}

/** `2026-03-01T12:00:00Z`, up to the day that every month has: a large cluster has 100,000 of them, and to read a date takes long. */
const AS_THE_API_WRITES = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/

/** An API time as ISO 8601 in UTC with milliseconds, so that RFC 3339 in any form compares as text; null for anything else. */
export function time(value: unknown): string | null {
  if (typeof value === 'string' && AS_THE_API_WRITES.test(value)) return `${value.slice(0, -1)}.000Z`
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

export interface Meta {
  readonly key: string
  readonly namespace: string
  readonly name: string
}

/** `metadata` of a namespaced object. */
export function meta(object: Raw): Meta {
  const { namespace, name } = record(object['metadata'])
  return { key: `${text(namespace)}/${text(name)}`, namespace: text(namespace), name: text(name) }
}
