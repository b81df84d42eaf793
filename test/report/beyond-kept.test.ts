import { expect, it } from 'vitest'
import type { AddressFacts } from '../../src/observe/model.js'
import { beyondKept } from '../../src/report/beyond-kept.js'

/** An address for whose requests no room was left: those of other addresses were kept. */
const counted = (answered: number) =>
  ({
    ...{ ip: 0x0a0000f0, vlans: [], asked: true, exchanges: [], claims: [] },
    asks: {
      broadcast: { sent: 9, answered },
      unicast: { sent: 0, answered: 0 },
      probe: { sent: 0, answered: 0 },
    },
  }) as unknown as AddressFacts

it('an address of which no request was kept is in doubt where some got no answer', () => {
  expect(beyondKept(counted(4))).toMatchObject({
    subject: '10.0.0.240',
    reason: 'none of 9 requests was judged one by one; 5 got no answer',
    hint: expect.stringMatching(/l2doctor scan --read FILE --vip 10\.0\.0\.240$/),
  })
  expect(beyondKept(counted(9))).toBeNull()
})
