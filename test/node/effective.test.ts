import { describe, expect, it } from 'vitest'
import { effective, scoped } from '../../src/node/effective.js'

const conf = (all: Record<string, number>, eth0: Record<string, number>) => ({ ipv4: { all, eth0 } })

describe('effective sysctls, as include/linux/inetdevice.h combines them', () => {
  it.each([
    ['rp_filter', 2, 1, 2],
    ['arp_ignore', 0, 1, 1],
    ['arp_announce', 2, 0, 2],
    ['proxy_arp', 1, 0, 1],
    ['proxy_arp', 0, 0, 0],
    ['arp_filter', 0, 1, 1],
    ['arp_evict_nocarrier', 1, 0, 0],
    ['arp_evict_nocarrier', 1, 1, 1],
    ['forwarding', 1, 0, 0],
    ['forwarding', 0, 1, 1],
  ] as const)('%s with all=%i and eth0=%i is %i', (name, all, own, value) => {
    expect(effective(conf({ [name]: all }, { [name]: own }), name, 'eth0')).toMatchObject({ value, own })
  })

  it('shows both inputs, and no conf.all where it plays no part', () => {
    expect(effective(conf({ rp_filter: 2 }, { rp_filter: 1 }), 'rp_filter', 'eth0')).toEqual({
      key: 'net.ipv4.conf.eth0.rp_filter',
      allKey: 'net.ipv4.conf.all.rp_filter',
      interface: 'eth0',
      value: 2,
      all: 2,
      own: 1,
      combine: 'max',
    })
    expect(effective(conf({ forwarding: 1 }, { forwarding: 0 }), 'forwarding', 'eth0')?.all).toBeNull()
  })

  it('knows nothing of an interface or a value that the kernel did not show', () => {
    expect(effective(conf({ rp_filter: 2 }, {}), 'rp_filter', 'eth0')).toBeNull()
    expect(effective(conf({}, {}), 'rp_filter', 'eth9')).toBeNull()
    expect(scoped({ eth0: {} }, 'constructor', 'name')).toBeNull()
  })

  it('writes the dot of a VLAN interface the way sysctl(8) reads it', () => {
    const sysctls = { ipv4: { all: {}, 'eth0.100': { proxy_arp: 1 } } }
    expect(effective(sysctls, 'proxy_arp', 'eth0.100')?.key).toBe('net.ipv4.conf.eth0/100.proxy_arp')
  })
})
