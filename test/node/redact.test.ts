import { describe, expect, it } from 'vitest'
import { buildHost, type HostRecord, hostGaps } from '../../src/node/host.js'
import type { Host } from '../../src/node/model.js'
import { redactHost } from '../../src/node/redact.js'
import { contains } from '../../src/node/routing.js'
import { readSnapshot, writeSnapshot } from '../../src/node/snapshot.js'
import { Addresses } from '../../src/redact/addresses.js'
import { underPseudonyms } from '../../src/redact/pseudonyms.js'
import { formatIpv6, parseIpv6 } from '../../src/wire/ipv6.js'
import { solicitedNodeOf } from '../../src/wire/write-discovery.js'
import { recording, section } from './recorded.js'

const KEY = new Uint8Array(32).fill(7)

/** What is written for a text in which these are names of hosts. */
function written(text: string, ...hosts: string[]): string {
  const all = underPseudonyms(new Addresses(KEY), (to) => [
    ...hosts.map((host) => to.name('node', host)),
    to.text(text),
  ])
  return all.written.at(-1)!
}

function redact(record: HostRecord): HostRecord {
  return underPseudonyms(new Addresses(KEY), (to) => redactHost(record, to)).written
}

describe('redaction', () => {
  it('hides names, addresses and MACs, the same way everywhere, and every word that it does not know', () => {
    const text = 'node-a has 10.0.0.11 at 02:00:00:00:00:11, node-ab is not node-b, nor node-z.acme'
    const redacted = written(text, 'node-a', 'node-b')
    expect(redacted).toMatch(
      /^node-r1 has 10\.\d+\.\d+\.\d+ at 02:[0-9a-f:]{14}, value-r\d is not node-r2, value-r\d value-r\d$/,
    )
    expect(written(text, 'node-a', 'node-b')).toBe(redacted)
  })

  it('keeps what two addresses have in common', () => {
    const addresses = new Addresses(KEY)
    const [a, b, elsewhere] = ['10.0.0.11', '10.0.0.12', '10.0.1.11'].map((ip) => addresses.ip(ip))
    expect(contains({ ip: a!, length: 24 }, b!)).toBe(true)
    expect(contains({ ip: a!, length: 24 }, elsewhere!)).toBe(false)
    expect(written('2001:db8::1/64 2001:db8::2/64')).not.toContain('db8')
  })

  it('knows a MAC in every spelling, and a bridge by its MAC', () => {
    const mac = written('02:00:00:00:00:13')
    expect(mac).not.toContain('00:00:13')
    expect(written('02-00-00-00-00-13')).toBe(mac)
    expect(written('0200.0000.0013')).toBe(mac)
    expect(written('2:0:0:0:0:13')).toBe(mac)
    for (const id of ['8000.2:0:0:0:0:13', '8000.020000000013', 'enx020000000013', '020000000013'])
      expect(written(id)).not.toMatch(/13$/)
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
  ])('leaves %s, which names nobody', (text) => expect(written(text)).toBe(text))

  it.each(['6.8.0-57.59-generic', '12:34:56', 'NOARP', 'eth0.100', 'flannel.1', 'balance-alb', 'x86_64'])(
    'leaves %s, which it knows',
    (text) => expect(written(text)).toBe(text),
  )

  it.each(['debian-12', 'debian-12-bonds', 'busybox-1.35', 'busybox-1.35-bonds', 'ubuntu-24.04'] as const)(
    'keeps of %s what was read out of it, and of its text nothing',
    (directory) => {
      const record = recording(directory)
      const text = writeSnapshot(redact(record))
      for (const secret of ['node-a', '10.0.0.11', '10.0.0.240', '10.0.1.11', '0B00000A', '02:00:00:00:00:11'])
        expect(text).not.toContain(secret)
      const again = readSnapshot(text)
      if ('wrong' in again) throw new Error(again.wrong)
      const [before, after] = [buildHost(record), buildHost(again)]
      expect(shapeOf(after)).toEqual(shapeOf(before))
      expect(hostGaps(again, after)).toHaveLength(hostGaps(record, before).length)
    },
  )

  it('gives a group the end of the pseudonym of its address, and hides one that no address of the host has', () => {
    const probes = {
      'ip-addr': {
        status: 0,
        stdout: '[{"ifname":"eth0","addr_info":[{"local":"2001:db8::c0de","prefixlen":64,"scope":"global"}]}]',
        stderr: '',
      },
      'solicited-groups': {
        status: 0,
        stdout:
          '2 eth0 ff0200000000000000000001ff00c0de 1 00000004 0\n2 eth0 ff0200000000000000000001ffbeef01 1 00000004 0\n',
        stderr: '',
      },
    }
    const { sections } = redact({ name: 'node-a', address: 'node-a', probes, failure: null })
    const ip = parseIpv6(section({ sections } as Host, 'addresses')[0]!.ip)!
    expect(section({ sections } as Host, 'solicitedGroups')).toEqual([
      { interface: 'eth0', group: formatIpv6(solicitedNodeOf(ip)) },
      { interface: 'eth0', group: 'another group' },
    ])
    expect(JSON.stringify(sections)).not.toMatch(/c0de|beef/)
  })
})

/** Everything that names nobody. */
function shapeOf({ sections }: ReturnType<typeof buildHost>) {
  const { links, routes, sysctls, filterChains } = sections
  return [
    links.known && links.value.map(({ role, facesSegment, flags, kind }) => [role, facesSegment, flags, kind]),
    routes.known &&
      routes.value.map(({ type, protocol, destination, hops }) => [type, protocol, destination.length, hops.length]),
    sysctls.known && [Object.values(sysctls.value.ipv4), sysctls.value.bridge],
    filterChains.known &&
      filterChains.value.chains.map(({ tool, hook, policy, rules }) => [tool, hook, policy, rules.length]),
  ]
}
