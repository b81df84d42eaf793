import { describe, expect, it } from 'vitest'
import { parseCheckFile } from '../../src/check/parse-check-file.js'

function faults(text: string): string[] {
  const parsed = parseCheckFile(text)
  return parsed.ok ? [] : parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('parseCheckFile', () => {
  it('fills in what a short file leaves out', () => {
    const parsed = parseCheckFile('version: 1\nvips:\n  - ip: 10.0.0.240\n')
    expect(parsed).toEqual({
      ok: true,
      file: {
        version: 1,
        interface: null,
        vips: [{ ip: '10.0.0.240', service: null, responders: 1, nodes: [], macs: [], answerWithinMs: null }],
        failOn: 'error',
        allow: [],
        nodes: [],
        cluster: true,
        baseline: null,
      },
    })
  })

  it('says where a value is wrong', () => {
    expect(faults('version: 1\nvips:\n  - ip: 10.0.0.999\n')).toEqual([
      '3:9 vips[0].ip: must be an address such as 10.0.0.240 or 2001:db8::240, without an interface',
    ])
  })

  it('refuses an address that no machine can hold', () => {
    expect(faults('version: 1\nvips:\n  - ip: 224.0.0.1\n')).toEqual([
      '3:9 vips[0].ip: cannot be a VIP: 224.0.0.0/3 is multicast or reserved',
    ])
  })

  it('says where a name is misspelt', () => {
    expect(faults('version: 1\nvips:\n  - ip: 10.0.0.240\n    responder: 1\n')).toEqual([
      '3:5 vips[0]: Unrecognized key: "responder"',
    ])
  })

  it('wants a reason for an allowance, and a day it understands', () => {
    const text =
      'version: 1\nvips: [{ip: 10.0.0.240}]\nallow:\n  - rule: wire/flip-flop\n    reason: " "\n    expires: soon\n'
    expect(faults(text)).toEqual([
      '5:13 allow[0].reason: must say why',
      '6:14 allow[0].expires: must be a day such as 2027-01-31',
    ])
  })

  it('knows the rules', () => {
    const text = 'version: 1\nvips: [{ip: 10.0.0.240}]\nallow:\n  - rule: wire/flipflop\n    reason: lab\n'
    expect(faults(text)).toEqual([
      expect.stringMatching(/^4:11 allow\[0\]\.rule: there is no rule "wire\/flipflop"; did you mean wire\/flip-flop/),
    ])
  })

  it('wants each VIP once', () => {
    expect(faults('version: 1\nvips:\n  - ip: 10.0.0.240\n  - ip: 10.0.0.240\n')).toEqual([
      '4:5 vips[1]: 10.0.0.240 is listed already',
    ])
  })

  it('takes IPv6 addresses, and spells them as the report does', () => {
    const parsed = parseCheckFile('version: 1\nvips:\n  - ip: "2001:DB8:0::240"\n  - ip: fe80::1\n')
    expect(parsed.ok && parsed.file.vips.map(({ ip }) => ip)).toEqual(['2001:db8::240', 'fe80::1'])
    expect(faults('version: 1\nvips:\n  - ip: "2001:db8::240"\n  - ip: "2001:db8:0::240"\n')).toEqual([
      '4:5 vips[1]: 2001:db8::240 is listed already',
    ])
    expect(faults('version: 1\nvips:\n  - ip: ff02::1\n')).toEqual([
      '3:9 vips[0].ip: cannot be a VIP: ff00::/8 is multicast',
    ])
  })

  it('wants an address or a Service', () => {
    expect(faults('version: 1\nvips:\n  - responders: 1\n')).toEqual(['3:5 vips[0]: needs an ip or a service'])
  })

  it('points into broken YAML', () => {
    expect(faults('version: 1\nvips: [\n')[0]).toMatch(/^3:1 /)
  })

  it.each(['', '- 1', '42', 'version: 1', '&a [*a]'])('takes %j for a faulty file, not for a crash', (text) => {
    expect(faults(text)).not.toEqual([])
  })
})

it.each([
  [
    'aliases of aliases',
    `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]}, `.repeat(9)}]`)
      .join('\n')}\n`,
  ],
  ['a nesting without end', '['.repeat(100_000)],
  ['more than anybody writes', `version: 1\n${'# a comment\n'.repeat(400_000)}`],
])('%s are a fault of the file, not of l2doctor', (_, text) => {
  expect(faults(text)[0]).toMatch(/^\d+:\d+ /)
})

it('reads the same VIP by the ten thousand in one go, each a fault', () => {
  const text = `version: 1\nvips:\n${'  - ip: 10.0.0.1\n'.repeat(3000)}`
  expect(faults(text)).toHaveLength(2999)
})

it('does not measure the distance of an endless rule name from every rule', () => {
  const text = `version: 1\nvips: [{ip: 10.0.0.1}]\nallow: [{rule: ${'x'.repeat(1_000_000)}, reason: x}]\n`
  expect(faults(text)[0]).toMatch(/there is no rule/)
})
