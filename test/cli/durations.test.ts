import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/cli/durations.js'
import { UsageError } from '../../src/cli/exit-codes.js'

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['1s', 1000],
    ['1.5s', 1500],
    ['10', 10_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('%s', (text, ms) => {
    expect(parseDuration('duration', text)).toBe(ms)
  })

  it.each(['', '0', '-1s', '1d', 's', '1e3', '999999h'])('refuses "%s"', (text) => {
    expect(() => parseDuration('duration', text)).toThrow(UsageError)
  })
})
