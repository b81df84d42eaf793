import type { TrafficProgram } from '../model.js'
import { lines } from './words.js'

/** `device eth0 ingress`, then what `tc filter show` prints for it; a filter of many lines begins with one. */
export function parsePrograms(text: string): TrafficProgram[] {
  const found: TrafficProgram[] = []
  let place: Pick<TrafficProgram, 'device' | 'direction'> | null = null
  for (const line of lines(text)) {
    const [, device, direction] = /^device (\S+) (ingress|egress)$/.exec(line) ?? []
    if (device !== undefined) place = { device, direction: direction === 'egress' ? 'egress' : 'ingress' }
    else if (place && line.startsWith('filter ')) found.push({ ...place, ...programIn(line) })
  }
  // the first line of a classifier names no handle; the program is on the second
  return found.filter(({ text }) => / handle | fh /.test(text))
}

function programIn(line: string): Pick<TrafficProgram, 'text' | 'seesArp'> {
  const protocol = /\bprotocol (\S+)/.exec(line)?.[1] ?? 'all'
  return {
    text: line
      .slice('filter '.length)
      .replace(/^parent \S+ /, '')
      .trim(),
    seesArp: protocol === 'arp' || protocol === 'all',
  }
}
