import { describe, expect, it } from 'vitest'
import { buildHost } from '../../src/node/host.js'
import { hostPseudonyms, Redactor } from '../../src/node/redact.js'
import { contains } from '../../src/node/routing.js'
import { writeSnapshot } from '../../src/node/snapshot.js'
import { recording } from './recorded.js'

const redactor = (...names: string[]) => new Redactor(hostPseudonyms(names), new Uint8Array(32).fill(7))

describe('redaction', () => {
  it('hides names, addresses and MACs, the same way everywhere', () => {
    const one = redactor('node-a', 'node-b')
    const text = 'node-a has 10.0.0.11 at 02:00:00:00:00:11, node-ab is not node-b, nor node-a.example'
    const redacted = one.text(text)
    expect(redacted).not.toMatch(/10\.0\.0\.11|00:00:11|node-a |node-b,/)
    expect(redacted).toMatch(
      /^host-1 has 10\.\d+\.\d+\.\d+ at 02:[0-9a-f:]{14}, node-ab is not host-2, nor host-1\.example$/,
    )
    expect(one.text(text)).toBe(redacted)
  })

  it('keeps what two addresses have in common', () => {
    const one = redactor()
    const [a, b, elsewhere] = ['10.0.0.11', '10.0.0.12', '10.0.1.11'].map((ip) => one.ip(ip))
    expect(contains({ ip: a!, length: 24 }, b!)).toBe(true)
    expect(contains({ ip: a!, length: 24 }, elsewhere!)).toBe(false)
    expect(one.text('2001:db8::1/64 2001:db8::2/64')).not.toContain('db8')
  })

  it.each([
    '0.0.0.0',
    '127.0.0.1',
    '255.255.255.255',
    '224.0.0.18',
    '::1',
    '::',
    'ff02::1',
    'ff:ff:ff:ff:ff:ff',
    '00:00:00:00:00:00',
    '00:00:5e:00:01:33',
  ])('leaves %s, which names nobody', (text) => expect(redactor().text(text)).toBe(text))

  it.each(['6.8.0-57.59-generic 6.8.12', '12:34:56', 'a::b::c', '1.2.3.4.5'])(
    'leaves %s, which is no address',
    (text) => expect(redactor().text(text)).toBe(text),
  )

  it('reads the words of /proc/net/tcp', () => {
    const one = redactor()
    const hex = one.text('0B00000A:1F0A').split(':')[0]!
    const ip = [...Buffer.from(hex, 'hex')].reverse().join('.')
    expect(ip).toBe(one.ip('10.0.0.11'))
    expect(one.text('00000000:1F0A')).toBe('00000000:1F0A')
  })

  it('leaves no address of a recorded host in its snapshot, and the same shape', () => {
    const record = recording('debian-12')
    const redacted = redactor('node-a').record(record)
    const text = writeSnapshot(redacted)
    for (const secret of ['node-a', '10.0.0.11', '10.0.0.240', '10.0.1.11', '0B00000A', '02:00:00:00:00:11'])
      expect(text).not.toContain(secret)
    const roles = (host: ReturnType<typeof buildHost>) =>
      host.sections.links.known &&
      host.sections.links.value.map(({ name, role, facesSegment }) => [name, role, facesSegment])
    expect(roles(buildHost(redacted))).toEqual(roles(buildHost(record)))
  })
})
