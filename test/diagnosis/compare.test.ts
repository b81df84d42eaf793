import { expect, it } from 'vitest'
import type { HostAnswer } from '../../src/diagnosis/answers.js'
import { outcomeWords } from '../../src/diagnosis/compare.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'

it('tells the hosts in the order of their names, in whatever order they were read', () => {
  const facts = { ip: parseIpv4('10.0.0.240')!, asked: true, rightful: null, strangers: false }
  const answer = { answers: 'yes', macs: [] } as unknown as HostAnswer
  const read = (...names: string[]) => new Map(names.map((name) => [name, answer]))
  const words = '10.0.0.240: node-a and node-b answer'
  expect(outcomeWords(facts, new Map(), read('node-b', 'node-a'))).toBe(words)
  expect(outcomeWords(facts, new Map(), read('node-a', 'node-b'))).toBe(words)
})
