import { describe, expect, it } from 'vitest'
import { CannotLook } from '../../src/known.js'
import { readNeighbourTable } from '../../src/neighbours/read-table.js'
import { formatIp } from '../../src/wire/ip.js'
import { formatMac } from '../../src/wire/mac.js'
import { PRINTED } from './printed.js'

/** One line an entry: address, MAC, kind, and what else the table tells. */
function shown(text: string) {
  const { format, entries, ports, unread } = readNeighbourTable(text, 'device')
  return {
    format,
    unread,
    entries: entries.map(({ ip, mac, kind, interface: name, port, vlan, age, expiresSeconds, states }) =>
      [
        formatIp(ip),
        mac === null ? '-' : formatMac(mac),
        kind,
        name ?? '-',
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

describe.each(PRINTED)('$what', ({ text, format, entries = [], ports = [] }) => {
  it('is read to the last entry', () => {
    expect(shown(text)).toEqual({ format, unread: 0, entries, ports })
  })
})

it.each(PRINTED)('reads $what with the line ends of a terminal that was copied on Windows', ({ text, format }) => {
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

it('keeps the first 100,000 entries, and says how many it left', () => {
  const line = '10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 STALE\n'
  const { entries, unread } = readNeighbourTable(line.repeat(100_003), 'gw')
  expect([entries.length, unread]).toEqual([100_000, 3])
})
