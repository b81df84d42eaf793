import { expect, it } from 'vitest'
import { parseGateways, parseNeighbours } from '../../src/capture/gateways.js'

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t01004D0A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t00004D0A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t200\t00000000\t0\t0\t0
`
const NEIGHBOURS = `IP address       HW type     Flags       HW address            Mask     Device
10.77.0.1        0x1         0x2         02:00:00:00:00:01     *        eth0
10.77.0.9        0x1         0x0         00:00:00:00:00:00     *        eth0
10.77.0.1        0x1         0x6         02:00:00:00:00:77     *        eth1
`

it('reads the default gateways of an interface out of /proc/net/route', () => {
  expect(parseGateways(ROUTES, 'eth0', 'LE')).toEqual(['10.77.0.1'])
  expect(parseGateways(ROUTES.replace('01004D0A', '0A4D0001'), 'eth0', 'BE')).toEqual(['10.77.0.1'])
  expect(parseGateways(ROUTES, 'tun0')).toEqual([])
  expect(parseGateways('', 'eth0')).toEqual([])
})

it('reads the entries of an interface that have a MAC out of /proc/net/arp', () => {
  expect(parseNeighbours(NEIGHBOURS, 'eth0')).toEqual([{ ip: '10.77.0.1', mac: '02:00:00:00:00:01' }])
  expect(parseNeighbours(NEIGHBOURS, 'eth1')).toEqual([{ ip: '10.77.0.1', mac: '02:00:00:00:00:77' }])
  expect(parseNeighbours('', 'eth0')).toEqual([])
})
