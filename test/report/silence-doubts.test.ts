import { expect, it } from 'vitest'
import type { Question } from '../../src/facts/question.js'
import { NO_NAMES } from '../../src/report/addresses.js'
import { addressDoubt } from '../../src/report/wire-doubts.js'
import { FACT_FILES } from '../rules/fact-files.js'

const VIP = 0x0a0000f0
const OWN = { macs: [0x020000000001], ips: [0x0a000001] }

/** What keeps the VIP of a trace from being called healthy. */
function doubtOf(trace: string, asked: Partial<Question> = {}): string | null {
  const question: Question = { vips: [VIP], expectedMacs: [], own: { macs: [], ips: [] }, probed: false, ...asked }
  const { wire } = FACT_FILES['trace.txt']!(trace, question)
  if (!wire?.known) throw new Error('the trace is not readable')
  const address = wire.value.addresses.find(({ ip }) => ip === VIP)!
  return addressDoubt(address, question, NO_NAMES)?.reason ?? null
}

const ANSWERED = `
0.0 ask 01/10.0.0.1 -> 10.0.0.240
0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1`

it('one answer and then none to the end leaves it open whether the others go past the capture', () => {
  expect(doubtOf(ANSWERED)).toBeNull()
  expect(doubtOf(`${ANSWERED}\n30.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 2 every 30`)).toBeNull()
  expect(doubtOf(`${ANSWERED}\n30.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 3 every 30`)).toBe(
    '3 requests of 02:00:00:00:00:01 without an answer, since its last answer: nobody answers any more, or replies do not pass where this was captured',
  )
})

it('so do requests to the machine alone that answered, as arping sends them', () => {
  const direct = '1.0 ask 01/10.0.0.1 -> 10.0.0.240 at 02 repeat 5 every 1'
  expect(doubtOf(`${ANSWERED}\n${direct}`)).toContain(
    '5 requests of 02:00:00:00:00:01 without an answer, since its last answer',
  )
  expect(doubtOf(`${ANSWERED}\n${direct}\n7.0 garp 03/10.0.0.240`)).toBeNull()
})

it('another machine that asks on without an answer leaves it open, one that asks now and then does not', () => {
  expect(doubtOf(`${ANSWERED}\n30.0 ask 03/10.0.0.3 -> 10.0.0.240 repeat 4 every 30`)).toBeNull()
  expect(doubtOf(`${ANSWERED}\n30.0 ask 03/10.0.0.3 -> 10.0.0.240 repeat 4 every 1`)).toContain(
    '4 requests of 02:00:00:00:00:03 without an answer, though another machine had an answer before',
  )
})

it('answers now and then to a machine that asks now and then leave it open, unless another one had all', () => {
  const some = `
0.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 21 every 30
30.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
300.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
600.0004 answer 02/10.0.0.240 -> 01/10.0.0.1`
  expect(doubtOf(some)).toContain('18 of 21 requests of 02:00:00:00:00:01 have no answer')
  const other = `
0.0 ask 09/10.0.0.9 -> 10.0.0.240 repeat 21 every 30
0.0004 answer 02/10.0.0.240 -> 09/10.0.0.9 repeat 21 every 30`
  expect(doubtOf(some + other)).toBeNull()
})

it('a look of our own in which only the requests of another machine were answered is open', () => {
  const look = { own: OWN, probed: true }
  const own = '1.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 4 every 0.5'
  const before = '0.0 ask 09/10.0.0.9 -> 10.0.0.240\n0.0004 answer 02/10.0.0.240 -> 09/10.0.0.9'
  const between = '1.7 ask 09/10.0.0.9 -> 10.0.0.240\n1.7004 answer 02/10.0.0.240 -> 09/10.0.0.9'
  const reason = 'none of 4 requests of this look was answered, those of another machine were'
  expect(doubtOf(`${before}\n${own}`, look)).toBe(reason)
  expect(doubtOf(`${between}\n${own}`, look)).toBe(reason)
  expect(
    doubtOf(`${between}\n${own}\n3.0 ask 01/10.0.0.1 -> 10.0.0.240\n3.0004 answer 02/10.0.0.240 -> 01/10.0.0.1`, look),
  ).toBeNull()
})
