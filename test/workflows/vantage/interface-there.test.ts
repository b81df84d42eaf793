import { describe, expect, it } from 'vitest'
import { parseInterfaces } from '../../../src/capture/interfaces.js'
import { CannotLook } from '../../../src/known.js'
import { parseRoutes } from '../../../src/node/vantage/survey.js'
import { parseIp } from '../../../src/wire/ip.js'
import { interfaceThere } from '../../../src/workflows/vantage/interface-there.js'

const link = (ifindex: number, ifname: string, local: string, flags = ['UP']) => ({
  ifindex,
  ifname,
  flags,
  address: `02:00:00:00:00:0${ifindex}`,
  addr_info: [{ local, prefixlen: 24 }],
})
const INTERFACES = parseInterfaces(
  JSON.stringify([
    link(1, 'lo', '127.0.0.1', ['UP', 'LOOPBACK']),
    link(2, 'eth0', '192.0.2.11'),
    link(3, 'eth1', '10.0.0.11'),
    link(4, 'eth2', '10.0.9.11', []),
  ]),
)
const DEFAULT = 'default via 192.0.2.1 dev eth0 proto static'

function chosen(routes: string, vip = '10.0.0.240', wanted?: string) {
  const said = { routes: parseRoutes(routes), defaultRoute: DEFAULT }
  return interfaceThere({ name: 'node-a', kind: 'ssh' }, INTERFACES, said, [parseIp(vip)!], wanted).interface.name
}

function gapOf(routes: string, vip?: string, wanted?: string) {
  try {
    chosen(routes, vip, wanted)
  } catch (error) {
    if (error instanceof CannotLook) return error.gap
    throw error
  }
  throw new Error('an interface was chosen')
}

describe('routes as `ip -o route get` prints them', () => {
  it.each([
    [
      '10.0.0.240 dev eth1 src 10.0.0.11 uid 0 \\    cache ',
      { to: '10.0.0.240', device: 'eth1', via: null, local: false },
    ],
    [
      '10.9.0.1 via 192.0.2.1 dev eth0 src 192.0.2.11 uid 0 \\    cache ',
      { to: '10.9.0.1', device: 'eth0', via: '192.0.2.1', local: false },
    ],
    [
      '10.9.0.1 via inet6 fe80::1 dev eth0 src 192.0.2.11',
      { to: '10.9.0.1', device: 'eth0', via: 'fe80::1', local: false },
    ],
    [
      'local 10.0.0.11 dev lo src 10.0.0.11 uid 0 \\    cache <local> ',
      { to: '10.0.0.11', device: 'lo', via: null, local: true },
    ],
    [
      'fd77::240 from :: dev eth1 proto kernel src fd77::11 metric 256 pref medium',
      { to: 'fd77::240', device: 'eth1', via: null, local: false },
    ],
    [
      'local fd77::11 from :: dev lo table local proto kernel src fd77::11 metric 0',
      { to: 'fd77::11', device: 'lo', via: null, local: true },
    ],
  ])('%s', (line, route) => expect(parseRoutes(`${line}\n`)).toEqual([route]))

  it.each(['', 'RTNETLINK answers: Network is unreachable', 'unreachable 10.0.0.240', 'motd: welcome dev eth0'])(
    '"%s" is none',
    (line) => expect(parseRoutes(line)).toEqual([]),
  )
})

describe('the interface of a host to look from', () => {
  it('is the one that its route leads to, not the default', () => {
    expect(chosen('10.0.0.240 dev eth1 src 10.0.0.11')).toBe('eth1')
  })

  it('is the one with the subnet where it holds the address itself', () => {
    expect(chosen('local 10.0.0.240 dev lo src 10.0.0.240')).toBe('eth1')
  })

  it('is the one that is named, whatever the routes say', () => {
    expect(chosen('10.0.0.240 via 192.0.2.1 dev eth0', '10.0.0.240', 'eth1')).toBe('eth1')
  })

  it('is none behind a router: that is another segment', () => {
    expect(gapOf('10.9.0.1 via 192.0.2.1 dev eth0', '10.9.0.1')).toEqual({
      subject: 'node-a',
      reason: 'it is not on the segment of the address: its route to 10.9.0.1 goes through the router 192.0.2.1',
      hint: 'name a host of that segment, or the interface that is on it: --at ssh:node-a/INTERFACE',
    })
  })

  it('is none without a route, or where the interface is down', () => {
    expect(gapOf('', '10.9.0.1').reason).toMatch(/it has no route to 10.9.0.1$/)
    expect(gapOf('10.0.9.240 dev eth2', '10.0.9.240').reason).toMatch(/leads to eth2, which is not up$/)
  })

  it('that is named and not there is told with the flag that names it there', () => {
    expect(gapOf('', '10.0.0.240', 'eth7')).toMatchObject({
      subject: 'node-a: interface eth7',
      hint: expect.stringContaining('--at ssh:node-a/INTERFACE'),
    })
  })
})
