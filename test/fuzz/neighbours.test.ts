import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CannotLook } from '../../src/known.js'
import { readNeighbourTable } from '../../src/neighbours/read-table.js'
import { PRINTED } from '../neighbours/printed.js'
import { VARIANTS } from '../neighbours/variants.js'

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_101)
const RUNS = 5_000

/** Words and line ends that tables are made of. */
const PIECE = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '-',
  '0',
  ':',
  '10.0.0.240',
  '0200.0000.0002',
  'dev',
  'fe80::1%eth0',
  '[',
  '{',
  '\u0000',
  '…',
)

/** A table with a piece of it taken out and others put in its place. */
const changed = fc
  .record({
    text: fc.constantFrom(...[...PRINTED, ...VARIANTS].map(({ text }) => text)),
    at: fc.nat(2000),
    out: fc.nat(200),
    pieces: fc.array(PIECE, { maxLength: 8 }),
  })
  .map(
    ({ text, at, out, pieces }) =>
      text.slice(0, at % text.length) + pieces.join('') + text.slice((at % text.length) + out),
  )

it('reads any table, or says that it cannot', () => {
  fc.assert(
    fc.property(fc.oneof(changed, fc.string({ maxLength: 400 }), fc.json()), (text) => {
      try {
        const { entries, ports, unread } = readNeighbourTable(text, 'device')
        expect(entries.length + ports.length).toBeGreaterThan(0)
        expect(unread).toBeGreaterThanOrEqual(0)
        for (const { age, expiresSeconds, vlan } of entries) {
          for (const figure of [age?.atLeast, age?.atMost, expiresSeconds, vlan])
            expect(figure ?? 0).toSatisfy(Number.isSafeInteger)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(CannotLook)
      }
    }),
    { seed: SEED, numRuns: RUNS },
  )
})

it('reads a line of any length in no time', () => {
  const long = `${'10.0.0.240 '.repeat(100_000)}\n${'1'.repeat(1_000_000)}\n${' '.repeat(1_000_000)}x\n`
  expect(() => readNeighbourTable(long, 'device')).toThrow(CannotLook)
})
