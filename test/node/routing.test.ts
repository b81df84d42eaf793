import { describe, expect, it } from 'vitest'
import type { Route, RoutingRule } from '../../src/node/model.js'
import { contains, routeTo } from '../../src/node/routing.js'

function route(destination: string, device: string, more: Partial<Route> = {}): Route {
  const [ip = '', length = ''] = destination.split('/')
  return {
    family: 4,
    table: 'main',
    type: 'unicast',
    destination: { ip, length: Number(length) },
    hops: [{ device, gateway: null }],
    metric: 0,
    source: null,
    protocol: 'kernel',
    ...more,
  }
}
const rule = (priority: number, table: string, more: Partial<RoutingRule> = {}): RoutingRule => ({
  family: 4,
  priority,
  from: null,
  to: null,
  inputInterface: null,
  outputInterface: null,
  mark: null,
  table,
  other: false,
  ...more,
})
const RULES = [rule(0, 'local'), rule(32766, 'main'), rule(32767, 'default')]

describe('the route to an address', () => {
  const routes = [
    route('0.0.0.0/0', 'eth0'),
    route('10.0.0.0/24', 'eth0'),
    route('10.0.0.240/32', 'eth1'),
    route('10.0.0.5/32', 'eth0', { table: 'local', type: 'local' }),
  ]

  it.each([
    ['10.0.0.240', 'eth1'],
    ['10.0.0.7', 'eth0'],
    ['192.0.2.1', 'eth0'],
  ])('%s leaves by %s', (ip, device) => {
    expect(routeTo(routes, RULES, ip)).toMatchObject({ devices: [device], certain: true })
  })

  it('tries tables in the order of the rules', () => {
    expect(routeTo(routes, RULES, '10.0.0.5')?.route.type).toBe('local')
  })

  it('prefers the lower metric', () => {
    const both = [route('0.0.0.0/0', 'wlan0', { metric: 600 }), route('0.0.0.0/0', 'eth0', { metric: 100 })]
    expect(routeTo(both, RULES, '192.0.2.1')?.devices).toEqual(['eth0'])
  })

  it('is not certain where a rule with selectors might decide', () => {
    const policy = [...RULES, rule(100, '252', { from: { ip: '10.0.0.0', length: 24 } })]
    expect(routeTo(routes, policy, '192.0.2.1')?.certain).toBe(false)
  })

  it('finds none, and never throws on text that is no address', () => {
    expect(routeTo([routes[1]!], RULES, '192.0.2.1')).toBeNull()
    expect(routeTo(routes, RULES, 'not an address')).toBeNull()
    expect(contains({ ip: '10.0.0.0', length: 24 }, 'fe80::1')).toBe(false)
  })
})
