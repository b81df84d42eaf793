import { expect, it } from 'vitest'
import { expectAgreement } from './answering/agreement.js'
import { describeLab } from './describe-lab.js'

describeLab('the answering model beside the kernel, in short', () => {
  it('agrees on 15 random hosts', async () => {
    const seeds = Array.from({ length: 15 }, (_, at) => 9000 + at)
    const { asked, yes, decided } = await expectAgreement(seeds, 12)
    expect(asked).toBe(15 * 12 * 2)
    expect(yes).toBeGreaterThan(40)
    expect(decided).toBeGreaterThan(asked * 0.9)
  }, 120_000)
})
