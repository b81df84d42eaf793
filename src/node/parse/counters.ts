import type { Counters } from '../model.js'

/** /proc/net/netstat: a line of names and a line of numbers for each group. */
export function parseCounters(text: string): Counters {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith('TcpExt: '))
    .map((line) => line.split(' '))
  const at = names?.indexOf('IPReversePathFilter') ?? -1
  const value = at < 0 ? Number.NaN : Number(values?.[at])
  return { reversePathFilter: Number.isInteger(value) ? value : null }
}
