import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectScript } from '../../src/node/collect-script.js'
import { buildHost } from '../../src/node/host.js'
import { CUT_OFF, parseCollected } from '../../src/node/probes.js'

const MARK = '0123456789abcdef0123456789abcdef'
const bytes = (text: string) => new TextEncoder().encode(text)
const frame = (name: string, stdout: string, said: string) =>
  `\n%${MARK} begin ${name} 1000\n${stdout}\n%${MARK} end ${name}\n${said}\n%${MARK} done ${name}\n`

describe('the frames of the collector', () => {
  it('have output, words on stderr, and the status', () => {
    const text = `banner\n%${MARK} hello\n${frame('a', 'one\ntwo\n', `%${MARK} status 0`)}${frame('b', '', `warning\n\n%${MARK} status 2`)}\n%${MARK} complete\n`
    expect(parseCollected(bytes(text), MARK)).toEqual({
      probes: {
        a: { status: 0, stdout: 'one\ntwo\n', stderr: '' },
        b: { status: 2, stdout: '', stderr: 'warning' },
      },
      started: true,
      complete: true,
    })
  })

  it('that were cut off are none', () => {
    const text = `\n%${MARK} hello\n${frame('a', 'x', `%${MARK} status 0`)}\n%${MARK} begin b 9\nhalf a`
    const { probes, started, complete } = parseCollected(bytes(text), MARK)
    expect([Object.keys(probes), started, complete]).toEqual([['a'], true, false])
  })

  it('that reached their limit were cut off, whatever the command said', () => {
    const text = frame('a', 'x'.repeat(1000), `%${MARK} status 0`)
    expect(parseCollected(bytes(text), MARK).probes['a']?.status).toBe(CUT_OFF)
  })

  it('cannot be imitated without the mark', () => {
    const forged = frame('a', `x\n%${MARK.replace('0', '1')} end a\n%00 done a\ny`, `%${MARK} status 0`)
    expect(parseCollected(bytes(forged), MARK).probes['a']?.stdout).toContain('done a\ny')
  })

  it('may hold any bytes: nothing throws, here or in the model', () => {
    const name = fc.constantFrom(
      'ip-link',
      'ip-addr',
      'ip-route-4',
      'sysctl',
      'bonding',
      'nft',
      'bridge-vlan',
      'listeners',
    )
    const ALL = Object.keys(buildHost({ name: 'h', address: 'h', probes: {}, failure: null }).sections).length
    expect(ALL).toBeGreaterThan(15)
    const stdout = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(fc.dictionary(fc.string(), fc.jsonValue())).map((x) => JSON.stringify(x)),
    )
    fc.assert(
      fc.property(name, stdout, fc.uint8Array(), (probe, text, noise) => {
        const output = Buffer.concat([bytes(frame(probe, text, `%${MARK} status 0`)), noise])
        const { probes } = parseCollected(output, MARK)
        expect(Object.keys(buildHost({ name: 'h', address: 'h', probes, failure: null }).sections)).toHaveLength(ALL)
      }),
    )
  })

  it('survive invalid UTF-8', () => {
    const output = Buffer.concat([
      bytes(`\n%${MARK} begin a 99\n`),
      Buffer.from([0xff, 0xfe, 0x80]),
      bytes(`\n%${MARK} end a\n%${MARK} status 0\n%${MARK} done a\n`),
    ])
    expect(parseCollected(output, MARK).probes['a']?.stdout).toBe('\ufffd\ufffd\ufffd')
  })
})

describe('the script', () => {
  it('takes no mark that is not hex: it would be shell text', () => {
    expect(() => collectScript({ mark: '; rm -rf /', become: false })).toThrow('16 bytes of hex')
  })

  it('names nothing that writes', () => {
    const script = collectScript({ mark: MARK, become: true })
    const commands = script.split('\n').filter((line) => !line.trim().startsWith('#'))
    expect(commands.join('\n')).not.toMatch(
      /\b(?:mktemp|tee|touch|mv|cp|rm|modprobe|sysctl -w|ip link set|ip addr add)\b/,
    )
    expect(commands.join('\n').replace(/2>\/dev\/null|>\/dev\/null|>&\d|2>&\d/g, '')).not.toMatch(/(?<!-)>\s*[^&\s]/)
  })
})
