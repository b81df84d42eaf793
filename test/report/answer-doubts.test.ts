import { describe, expect, it } from 'vitest'
import type { Facts } from '../../src/facts/facts.js'
import { answerDoubts } from '../../src/report/answer-doubts.js'
import { FIXTURES, readFacts } from '../rules/fixtures.js'

function doubtsOf(name: string) {
  const { answers, question } = readFacts(`${FIXTURES}/answers/unexplained-responder/${name}`)
  if (!answers?.known || !question?.known) throw new Error(`${name} has no answers`)
  return answerDoubts(answers.value as Facts['answers'], question.value)
}

describe('what the answers leave open', () => {
  it('is whose the machine is that answers in the place of a holder', () => {
    expect(doubtsOf('fires-in-the-holder-place')).toMatchObject([
      {
        subject: '10.77.0.240',
        reason: 'node-a should answer and did not; whose 02:00:00:00:00:99 is, which answered, is not known',
      },
    ])
  })

  it.each([
    'clean-asker-off-the-segment',
    'clean-expected-mac',
    'clean-holder-elsewhere',
    'clean-moved-by-adverts',
    'clean-stands-for-the-host',
    'clean-virtual-mac-of-the-host',
  ])('is nothing where the machine may be the right one: %s', (name) => expect(doubtsOf(name)).toEqual([]))
})
