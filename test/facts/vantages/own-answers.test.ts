import { describe, expect, it } from 'vitest'
import { compareVantages } from '../../../src/facts/vantages/compare.js'
import type { VantageFacts } from '../../../src/facts/vantages/model.js'
import { withOwnAnswers } from '../../../src/facts/vantages/own-answers.js'
import { place, VIP } from './places.js'

const asks = (own: string) => `0.0 ask ${own}/10.0.0.10 -> 10.0.0.240 repeat 4 every 0.2`
const answers = (from: string, own: string) => `0.0004 answer ${from}/10.0.0.240 -> ${own}/10.0.0.10 repeat 4 every 0.2`
const hearing = (own: string, ...from: readonly string[]) =>
  place(own, own, [asks(own), ...from.map((one) => answers(one, own))].join('\n'))

const states = (...places: readonly VantageFacts[]) =>
  compareVantages(withOwnAnswers(places), [VIP])[0]!.sights.map(({ state }) => state)

describe('a place that is heard to answer at another one', () => {
  it('holds the address though no interface of it does, and is not silent', () => {
    expect(states(hearing('0b'), hearing('0c', '0b'))).toEqual(['holds', 'answered'])
    expect(states(hearing('0b'), hearing('0c', '0b'), hearing('0d'))).toEqual(['holds', 'answered', 'silent'])
  })

  it('is silent where the machine that answers is another one', () => {
    expect(states(hearing('0b'), hearing('0c', '02'))).toEqual(['silent', 'answered'])
  })

  it('has heard who else answers: two nodes that both announce stay seen', () => {
    expect(states(hearing('0b', '0c'), hearing('0c', '0b'))).toEqual(['answered', 'answered'])
  })
})
