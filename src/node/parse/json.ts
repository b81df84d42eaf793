import { parseBoundedJson } from '../../bounded-json.js'

/** Reading JSON that a host sent: every accessor answers null where the shape is not what it should be. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A section that says more than any host has: a gap, which names the bound. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/** What `read` makes of each object of a JSON array; null when the text is not one. `ip` prints nothing for some empty lists. */
export function fromJsonList<T>(text: string, read: (object: JsonObject) => readonly T[]): T[] | null {
  const value = text.trim() === '' ? [] : parse(text)
  return Array.isArray(value) ? value.filter(isObject).flatMap(read) : null
}

export function isJson(text: string): boolean {
  return /^\s*(?:\[|$)/.test(text)
}

export function textOf(from: JsonObject, key: string): string | null {
  const value = own(from, key)
  return typeof value === 'string' ? value : null
}

export function numberOf(from: JsonObject, key: string): number | null {
  const value = own(from, key)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** iproute2 prints flags as true/false, and as 0/1 or "on"/"off" in places and versions. */
export function flagOf(from: JsonObject, key: string): boolean | null {
  const value = own(from, key)
  if (typeof value === 'boolean') return value
  if (value === 1 || value === 'on') return true
  return value === 0 || value === 'off' ? false : null
}

export function objectOf(from: JsonObject, key: string): JsonObject {
  const value = own(from, key)
  return isObject(value) ? value : {}
}

export function objectsOf(from: JsonObject, key: string): JsonObject[] {
  const value = own(from, key)
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textsOf(from: JsonObject, key: string): string[] {
  const value = own(from, key)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function own(from: JsonObject, key: string): unknown {
  return Object.hasOwn(from, key) ? from[key] : undefined
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return parseBoundedJson(text)
  } catch {
    return null
  }
}
