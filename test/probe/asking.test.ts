import { describe, expect, it } from 'vitest'
import { askingAddresses, NO_SERVICES, type OwnAddress } from '../../src/probe/asking.js'
import { formatIp, type Ip, parseIp } from '../../src/wire/ip.js'

const ip = (text: string) => parseIp(text)!
/** `10.77.0.1/24`, `10.77.0.1/24 secondary`, `fe80::1/64 tentative`, `fe80::1/64 kernel`. */
function own(text: string): OwnAddress {
  const [address = '', prefix, mark] = text.split(/[/ ]/)
  const marks = { isTentative: mark === 'tentative', isMadeByKernel: mark === 'kernel' }
  return { ip: ip(address), prefix: Number(prefix), secondary: mark === 'secondary', ...marks }
}

function sender(target: string, addresses: string[], { vips = [] as string[], pool = '' } = {}): string | null {
  const services = {
    isVip: (one: Ip) => vips.includes(formatIp(one)),
    isPooled: (one: Ip) => pool !== '' && formatIp(one).startsWith(pool),
  }
  const found = askingAddresses(ip(target), addresses.map(own), services)
  return found.length === 0 ? null : found.map(formatIp).join(', ')
}

describe('askingAddresses', () => {
  it.each<[string, string | null, Parameters<typeof sender>]>([
    ['the address of the subnet', '10.77.0.1', ['10.77.0.240', ['192.168.7.1/24', '10.77.0.1/24']]],
    ['another subnet, where there is no better', '192.168.7.1', ['10.77.0.240', ['192.168.7.1/24']]],
    ['never an address to itself', null, ['10.77.0.1', ['10.77.0.1/24']]],
    ['never a known VIP', null, ['10.77.0.11', ['10.77.0.240/24'], { vips: ['10.77.0.240'] }]],
    ['never a VIP, when our own address is asked for', null, ['10.77.0.1', ['10.77.0.1/24', '10.77.0.240/32']]],
    [
      'the own address, though the VIP was there first',
      '10.77.0.1',
      ['10.77.0.11', ['10.77.0.240/24', '10.77.0.1/24 secondary'], { vips: ['10.77.0.240'] }],
    ],
    ['the first of a subnet before a second', '10.77.0.9', ['10.77.0.11', ['10.77.0.2/24 secondary', '10.77.0.9/24']]],
    [
      'a first address in a pool as wide as the segment',
      '10.77.0.1',
      ['10.77.0.11', ['10.77.0.1/24'], { pool: '10.' }],
    ],
    ['never a second address in a pool', null, ['10.77.0.11', ['10.77.0.7/24 secondary'], { pool: '10.77' }]],
    ['nothing', null, ['10.77.0.240', []]],
  ])('%s: %s', (_, expected, given) => {
    expect(sender(...given)).toBe(expected)
  })

  const [VIP, LINK, GLOBAL] = ['fd77::240', 'fe80::64/64', 'fd77::64/64']
  it.each<[string, string | null, Parameters<typeof sender>]>([
    [
      'the link-local address and one of its prefix, in turn',
      'fe80::64, fd77::64',
      [VIP, [GLOBAL, LINK, '10.0.0.1/24']],
    ],
    ['the link-local address alone, where no other is of its prefix', 'fe80::64', [VIP, ['2001:db8::64/64', LINK]]],
    ['an address of its prefix, where there is no link-local one', 'fd77::64', [VIP, [GLOBAL]]],
    ['nothing, where no address is of its prefix', null, [VIP, ['2001:db8::64/64', '10.77.0.1/24']]],
    ['never a single address', 'fe80::64', [VIP, ['fd77::64/128', LINK]]],
    ['never one that is not ready', 'fd77::64', [VIP, [GLOBAL, 'fe80::64/64 tentative']]],
    ['never itself', null, ['fe80::64', [LINK]]],
    ['never a known VIP', 'fe80::64', ['fd77::11', [GLOBAL, LINK], { vips: ['fd77::64'] }]],
    ['never one of a pool', 'fe80::64', ['fd77::11', [GLOBAL, LINK], { pool: 'fd77' }]],
    ['of several alike none that the kernel has not made', null, [VIP, ['fe80::1/64', LINK, GLOBAL, 'fd77::65/64']]],
    [
      'of several alike the one that the kernel made',
      'fe80::64, fd77::65',
      [VIP, ['fe80::1/64', `${LINK} kernel`, GLOBAL, 'fd77::65/64 kernel']],
    ],
    ['only link-local addresses for a link-local one', 'fe80::64', ['fe80::1', [GLOBAL, LINK]]],
  ])('IPv6, %s: %s', (_, expected, given) => {
    expect(sender(...given)).toBe(expected)
  })

  it('knows no VIPs without a cluster', () => {
    expect(askingAddresses(ip('10.77.0.11'), [own('10.77.0.1/24')], NO_SERVICES)).toEqual([ip('10.77.0.1')])
  })
})
