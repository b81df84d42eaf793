import type { Gap, Known } from '../known.js'
import type { Pseudonyms } from './pseudonyms.js'

/**
 * What becomes of a value under redaction. Each member of each model that is written is declared by one of these; the
 * compiler refuses a model with a member that is not, and what is there without a declaration is left out.
 */
export type Declared<T> = T extends readonly (infer Item)[]
  ? Declared<Exclude<Item, null | undefined>>
  : Rewrite<T> | Members<T>

type Members<T> = T extends string | number | boolean
  ? never
  : string extends keyof T
    ? never
    : { readonly [K in keyof Required<T>]: Declared<Exclude<T[K], null | undefined>> }

/** Null and undefined stay what they are and never come here. */
export type Rewrite<T> = (value: Widened<T>, to: Pseudonyms) => Widened<T>

/** A member of few words may be written as another text: which words stay is for the rewriting to say. */
type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T

/** The value as it is declared to be written. */
export function redacted<T>(value: T, declared: Declared<T>, to: Pseudonyms): T {
  return rewrite(value, declared as Plain, to) as T
}

type Plain = ((value: unknown, to: Pseudonyms) => unknown) | { readonly [member: string]: Plain }

function rewrite(value: unknown, declared: Plain, to: Pseudonyms): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map((item) => rewrite(item, declared, to))
  if (typeof declared === 'function') return declared(value, to)
  const members = Object.entries(declared).filter(([name]) => Object.hasOwn(value as object, name))
  return Object.fromEntries(members.map(([name, one]) => [name, rewrite((value as Fields)[name], one, to)]))
}

type Fields = Readonly<Record<string, unknown>>

/** A number or a truth value that tells nothing of whose it is. */
export const figure = <T extends number | boolean>(value: T): T => value

/** Words, names and addresses, each replaced unless it is a word that we know ourselves. */
export const words = (text: string, to: Pseudonyms): string => to.text(text)

/** One of few words; anything else is written like any text. */
export function oneOf(...known: readonly string[]) {
  return (text: string, to: Pseudonyms): string => (known.includes(text) ? text : to.text(text))
}

/** A word that the reader takes from a closed list: another one becomes the first. */
export function strictlyOneOf(...known: readonly [string, ...string[]]) {
  return (text: string): string => (known.includes(text) ? text : known[0])
}

/** What nothing reads. */
export const leftOut = (): string => 'redacted'

/** ISO 8601 in UTC; another text is no time. */
export const time = (text: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text) ? text : '1970-01-01T00:00:00.000Z'

export const mac = (value: number, to: Pseudonyms): number => to.mac(value)

export const nodeName = (text: string, to: Pseudonyms): string => to.name('node', text)
export const namespace = (text: string, to: Pseudonyms): string => to.name('namespace', text)
export const objectName = (text: string, to: Pseudonyms): string => to.name('name', text)
export const interfaceName = (text: string, to: Pseudonyms): string => to.interface(text)

/** `namespace/name`, or a name alone. */
export const objectKey = (text: string, to: Pseudonyms): string => {
  const [first = '', ...rest] = text.split('/')
  if (rest.length === 0) return to.name('name', first)
  return `${first === '' ? '' : to.name('namespace', first)}/${to.name('name', rest.join('/'))}`
}

/** Versions of kernels, distributions and Kubernetes: figures and the words of those who build them. */
export const version = (text: string, to: Pseudonyms): string => to.version(text)

/** Keys that others choose, each with its value. */
export function mapOf<T>(key: Rewrite<string>, value: Declared<T>): Rewrite<Readonly<Record<string, T>>> {
  return (map, to) =>
    Object.fromEntries(Object.entries(map).map(([name, item]) => [key(name, to), redacted(item, value, to)]))
}

/** A value that may be unknown; where it was read is for people, and not kept. */
export function knownOf<T>(value: Declared<T>, gap: Declared<Gap>): Rewrite<Known<T>> {
  return (given, to) =>
    given.known
      ? { known: true, value: redacted(given.value, value, to), from: 'redacted' }
      : { known: false, gap: redacted(given.gap, gap, to) }
}
