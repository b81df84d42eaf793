import { describe, expect, it } from 'vitest'
import { buildHost } from '../../src/node/host.js'
import { readSnapshot } from '../../src/node/snapshot.js'

/** The section that one probe's output makes. */
function sectionOf(probe: string, stdout: string, section: 'bridgeVlans' | 'links' | 'addresses') {
  const probes = { [probe]: { status: 0, stdout, stderr: '' } }
  return buildHost({ name: 'node-a', address: '10.0.0.2', probes, failure: null }).sections[section]
}

describe('what a host says beyond all bounds is a gap of that section', () => {
  it('VLAN ranges that a few bytes unfold', () => {
    const port = { ifname: 'eth0', vlans: [{ vlan: 1, vlanEnd: 4094 }] }
    const ports = (count: number) => JSON.stringify(Array.from({ length: count }, () => port))
    expect(sectionOf('bridge-vlan', ports(100), 'bridgeVlans')).toMatchObject({
      known: true,
      value: { length: 409_400 },
    })
    expect(sectionOf('bridge-vlan', ports(101), 'bridgeVlans')).toMatchObject({
      known: false,
      gap: { reason: 'more than l2doctor reads: it lists more than 409400 VLANs of ports' },
    })
  })

  it.each([
    ['a nesting that only an attack has', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['millions of values', `[${'{},'.repeat(4_000_000)}{}]`],
  ])('%s', (_, text) => {
    expect(sectionOf('ip-link', text, 'links')).toMatchObject({
      known: false,
      gap: { reason: 'its output could not be read' },
    })
  })

  it('more interfaces than any host has', () => {
    const links = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, at) => ({ ifname: `i${at}`, ifindex: at + 1 })))
    expect(sectionOf('ip-link', links(40_000), 'links')).toMatchObject({ known: true, value: { length: 40_000 } })
    expect(sectionOf('ip-link', links(40_001), 'links')).toMatchObject({
      known: false,
      gap: { reason: 'more than l2doctor reads: it lists more than 40000 interfaces' },
    })
  })

  it.each([
    ['routes', { known: true, from: 'x', value: Array(300_000).fill({}) }, 'at family: Invalid input'],
    [
      'counters of a record',
      {
        known: true,
        from: 'x',
        value: { ipv4: Object.fromEntries(Array.from({ length: 300_000 }, (_, at) => [at, 1])) },
      },
      'Invalid input: expected record, received number',
    ],
  ])('hundreds of thousands of wrong items in a snapshot: %s', (_, section, wrong) => {
    const sections = { [wrong.includes('family') ? 'routes' : 'sysctls']: section }
    const head = { format: 'l2doctor-node-snapshot', version: 1, name: 'x', address: 'x', probes: {}, failure: null }
    expect(readSnapshot(JSON.stringify({ ...head, sections }))).toEqual({ wrong })
  })

  it('millions of values in a snapshot', () => {
    expect(readSnapshot(`[${'{},'.repeat(4_000_000)}{}]`)).toEqual({
      wrong: 'too much for a host: it has more than 4000000 values',
    })
  })
})
