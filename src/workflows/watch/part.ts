import type { Ip } from '../../wire/ip.js'

/** Of which addresses a watch asks: of all, of none, or of these. */
export type Part = 'all' | 'none' | ReadonlySet<Ip>

/** What is in both. */
export function shared(one: Part, other: Part): Part {
  if (one === other || other === 'all' || one === 'none') return one
  if (one === 'all' || other === 'none') return other
  return new Set([...one].filter((ip) => other.has(ip)))
}

/** Whether one has what the other one has not. */
export function isMore(one: Part, other: Part): boolean {
  if (typeof one === 'string') return one === 'all' && other !== 'all'
  return other !== 'all' && [...one].some((ip) => !isOf(other, ip))
}

export function isNothing(part: Part): boolean {
  return typeof part === 'string' ? part === 'none' : part.size === 0
}

export function isOf(part: Part, ip: Ip): boolean {
  return typeof part === 'string' ? part === 'all' : part.has(ip)
}
