import { expect, it } from 'vitest'
import { expectAgreement } from './answering/agreement.js'
import { randomHost6 } from './answering/random-host6.js'
import { describeLab } from './describe-lab.js'

describeLab('the answering model of IPv6 beside the kernel, in short', () => {
  it('agrees on 15 random hosts', async () => {
    const seeds = Array.from({ length: 15 }, (_, at) => 9000 + at)
    const { asked, yes, decided } = await expectAgreement(seeds, 12, randomHost6)
    expect(asked).toBe(15 * 12 * 2)
    expect(yes).toBeGreaterThan(30)
    expect(decided).toBeGreaterThan(asked * 0.9)
  }, 120_000)
})
