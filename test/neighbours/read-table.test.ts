import { describe, expect, it } from 'vitest'
import { CannotLook } from '../../src/known.js'
import { readNeighbourTable } from '../../src/neighbours/read-table.js'
import { formatIp } from '../../src/wire/ip.js'
import { formatMac } from '../../src/wire/mac.js'
import { PRINTED } from './printed.js'
import { VARIANTS } from './variants.js'

const ALL = [...PRINTED, ...VARIANTS]

/** One line an entry: address, MAC, kind, and what else the table tells. */
function shown(text: string) {
  const { format, entries, ports, unread } = readNeighbourTable(text, 'device')
  return {
    format,
    unread,
    entries: entries.map(({ ip, mac, kind, interface: name, vrf, port, vlan, age, expiresSeconds, states }) =>
      [
        formatIp(ip),
        mac === null ? '-' : formatMac(mac),
        kind,
        name ?? '-',
        ...(vrf === null ? [] : [`vrf ${vrf}`]),
        ...(port === null ? [] : [`port ${port}`]),
        ...(vlan === null ? [] : [`vlan ${vlan}`]),
        ...(age === null ? [] : [`age ${age.atLeast}-${age.atMost}`]),
        ...(expiresSeconds === null ? [] : [`expires ${expiresSeconds}`]),
        ...states,
      ].join(' '),
    ),
    ports: ports.map(({ mac, vlan, port, kind }) => `${formatMac(mac)} ${vlan ?? '-'} ${port} ${kind}`),
  }
}

describe.each(ALL)('$what', ({ text, format, entries = [], ports = [] }) => {
  it('is read to the last entry', () => {
    expect(shown(text)).toEqual({ format, unread: 0, entries, ports })
  })
})

it.each(ALL)('reads $what with the line ends of a terminal that was copied on Windows', ({ text, format }) => {
  expect(shown(text.replaceAll('\n', '\r\n'))).toEqual({ ...shown(text), format })
})

function refusal(text: string): string {
  try {
    readNeighbourTable(text, 'edge-1')
  } catch (error) {
    if (error instanceof CannotLook) return `${error.gap.subject}: ${error.gap.reason}. ${error.gap.hint}`
    throw error
  }
  return 'none'
}

describe('a format that is not known', () => {
  it('is a gap that names the formats', () => {
    const text = 'Adresse IP    Adresse MAC          Port\n10.0.0.240    02:00:00:00:00:02    3\n'
    expect(refusal(text)).toMatch(
      /^neighbours of edge-1: one line holds a MAC, in no format that is known\. save the table .* \(Linux, Cisco IOS, Cisco NX-OS/,
    )
  })

  it.each([
    ['MNDP', ' 0 interface=ether1 address=192.0.2.240 mac-address=02:00:00:00:00:02 identity="sw1"\n'],
    ['a DHCP lease', ' 0 D address=192.0.2.240 mac-address=02:00:00:00:00:02 status=bound server=lan\n'],
    ['leases', '#   ADDRESS      MAC-ADDRESS        SERVER\n0 D 192.0.2.240  02:00:00:00:00:02  lan\n'],
    ['FortiOS', 'Address     Age(min)   Hardware Addr      Interface\n192.0.2.240 0   02:00:00:00:00:02 port1\n'],
    [
      'Dell OS9',
      'Protocol Address Age(min) Hardware Address Interface\nInternet 192.0.2.240 17 02:00:00:00:00:02 Vl 10\n',
    ],
    [
      'Dell OS10',
      'Address Hardware address Interface Egress Interface\n192.0.2.240 02:00:00:00:00:02 vlan20 ethernet1/1/1\n',
    ],
    ['Huawei', 'IP ADDRESS MAC ADDRESS EXPIRE(M) TYPE INTERFACE\n192.0.2.240 0200-0000-0002 12 D-0 Vlanif10\n'],
    ['Windows', '  192.0.2.240           02-00-00-00-00-02     dynamic\n'],
  ])('is that of %s', (_, text) => {
    expect(refusal(text)).toMatch(/^neighbours of edge-1: one line holds a MAC, in no format that is known\. save/)
  })

  it.each([
    '',
    'Connection refused\n',
    '[]',
    '{"a": 1}',
    '[1, 2',
    '[{"dst": 1, "dev": 2}]',
    '[{"dst": "10.0.0.240", "dev": "eth0", "scope": "link", "flags": []}]',
  ])('%j has no entry', (text) => {
    expect(refusal(text)).toMatch(/^neighbours of edge-1: no entry of a neighbour table is in the file\./)
  })
})

it('counts the lines that hold a MAC and are no entry that it knows', () => {
  const text = '10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 STALE\n02:00:00:00:00:03 is somewhere\n'
  expect(readNeighbourTable(text, 'gw').unread).toBe(1)
})

it('names the addresses of lines that it could not read', () => {
  const text = `Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1               -   0200.0000.0001  ARPA   Vlan10
MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface
02:00:00:00:00:02   192.0.2.240      83453       dhcp-snooping   10   GigabitEthernet1/0/3
`
  expect(readNeighbourTable(text, 'edge-1').unreadIps.map(formatIp)).toEqual(['192.0.2.240'])
})

it('keeps the first 100,000 entries, and says how many it left', () => {
  const lines = Array.from({ length: 100_003 }, (_, at) => `${formatIp(0x0a000000 + at)} dev eth0 FAILED`)
  const { entries, unread, unreadIps } = readNeighbourTable(lines.join('\n'), 'gw')
  expect([entries.length, unread, unreadIps.map(formatIp)]).toEqual([
    100_000,
    3,
    ['10.1.134.160', '10.1.134.161', '10.1.134.162'],
  ])
})
