import { expect, it } from 'vitest'
import { parseMac } from '../../src/wire/mac.js'
import { virtualRouterName } from '../../src/wire/virtual-mac.js'

it.each([
  ['00:00:5e:00:01:33', 'VRRP/CARP virtual router 51'],
  ['00:00:0c:07:ac:0a', 'HSRP group 10'],
  ['00:00:0c:9f:f0:0a', 'HSRPv2 group 10'],
  ['00:05:73:a0:00:0a', 'HSRPv2 IPv6 group 10'],
  ['00:07:b4:00:0a:02', 'GLBP group 10, forwarder 2'],
  ['00:05:73:a0:10:0a', null],
  ['02:00:00:00:00:02', null],
])('%s is that of %s', (mac, name) => {
  expect(virtualRouterName(parseMac(mac)!)).toBe(name)
})
