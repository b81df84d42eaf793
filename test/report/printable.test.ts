import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable, printableJson } from '../../src/report/printable.js'

describe('printable', () => {
  it.each([
    ['a colour', 'a\u001b[31mb', 'a\ufffd[31mb'],
    ['a window title (OSC)', '\u001b]0;x\u0007', '\ufffd]0;x\ufffd'],
    ['an eight-bit CSI', '\u009b2J', '\ufffd2J'],
    ['a bidirectional override', 'a\u202egpj.exe', 'a\ufffdgpj.exe'],
    ['an Arabic letter mark and a zero width', '\u061c\u200b', '\ufffd\ufffd'],
    ['a line separator', 'a\u2028b', 'a\ufffdb'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['a carriage return that overwrites', 'good\rbad', 'good\ufffdbad'],
    ['a workflow command', 'x\n  ::error title=a::b', 'x\n  ;;error title=a::b'],
    ['an old workflow command', 'x ##[error]b', 'x # [error]b'],
  ])('takes %s out', (_, text, safe) => {
    expect(printable(text)).toBe(safe)
  })

  it.each(['tabs\tand\nlines', 'µ → 漢字 é 🙂', '::1', 'fe80::1%eth0', '02:00::'])('keeps %j', (text) => {
    expect(printable(text)).toBe(text)
  })

  it('goes through a text of line ends once', () => {
    const text = '\n \n'.repeat(100_000)
    expect(printable(text)).toBe(text)
    expect(printable(`${text}::error::x`)).toBe(`${text};;error::x`)
  })

  it('reads CRLF as a line end', () => {
    expect(printable('a\r\nb')).toBe('a\nb')
  })
})

it('JSON keeps every value and shows no control character', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 5 }), (texts) => {
      const shown = printableJson({ texts })
      expect(JSON.parse(shown)).toEqual({ texts })
      expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u)
    }),
    { numRuns: 40 },
  )
})
