import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  chooseInterface,
  parseDefaultDevice,
  parseInterfaces,
  touchesBridge,
  whyNoHostOn,
} from '../../src/capture/interfaces.js'
import { parseOnLinkRoutes } from '../../src/capture/routes.js'
import { isClusterNode } from '../../src/capture/this-host.js'
import { CannotLook } from '../../src/known.js'
import { parseIp } from '../../src/wire/ip.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'

const interfaces = (name: string) => parseInterfaces(readFileSync(`fixtures/interfaces/${name}.json`, 'utf8'))
const ip = (text: string) => parseIp(text)!
const named = (name: string, of: string) => interfaces(of).find((one) => one.name === name)!

/** The name of the interface chosen, or what stands in the way. */
function choice(
  of: string,
  vips: string[],
  { wanted = undefined as string | undefined, route = 'eth0' as string | null, onLink = '[]', down = '' } = {},
) {
  try {
    const { interface: found, why } = chooseInterface(
      interfaces(of).map((one) => (one.name === down ? { ...one, up: false } : one)),
      { defaultDevice: route, onLink: parseOnLinkRoutes(onLink) },
      vips.map(ip),
      wanted,
    )
    return `${found.name}: ${why}`
  } catch (error) {
    if (!(error instanceof CannotLook)) throw error
    return `${error.gap.subject} ${error.gap.reason}; ${error.gap.hint}`
  }
}

describe('parseInterfaces', () => {
  it('reads what a scan needs', () => {
    expect(named('eth0', 'workstation')).toEqual({
      name: 'eth0',
      index: 4,
      mac: 0x02fc00000001,
      up: true,
      loopback: false,
      kind: null,
      portOf: null,
      related: [],
      promiscuity: 0,
      addresses: [
        { ip: ip('192.0.2.2'), prefix: 24, secondary: false },
        { ip: ip('fd00::2'), prefix: 64, secondary: false, isTentative: false, isMadeByKernel: false },
        { ip: ip('fe80::fc:ff:fe00:1'), prefix: 64, secondary: false, isTentative: false, isMadeByKernel: true },
      ],
    })
    expect(named('ifb0', 'workstation')).toMatchObject({ up: false, addresses: [] })
  })

  it('finds the default route', () => {
    expect(parseDefaultDevice('[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","flags":[]}]')).toBe('eth0')
    expect(parseDefaultDevice('[]')).toBeNull()
    expect(parseDefaultDevice('')).toBeNull()
  })
})

describe('chooseInterface', () => {
  it.each([
    ['the subnet of the VIP', choice('node', ['10.77.0.240']), 'br0: 10.77.0.240 is in its subnet'],
    [
      'the default route',
      choice('workstation', ['198.51.100.7']),
      'eth0: no interface has the VIP in its subnet; it has the default route',
    ],
    ['no VIP', choice('workstation', []), 'eth0: it has the default route'],
    ['the only one', choice('workstation', [], { route: null }), 'eth0: it is the only one that is up'],
    ['what was named', choice('workstation', ['198.51.100.7'], { wanted: 'eth0' }), 'eth0: named with -i'],
  ])('goes by %s', (_, chosen, expected) => {
    expect(chosen).toBe(expected)
  })

  it('takes a /32 for an address, not for a subnet', () => {
    expect(choice('node', ['10.96.0.1'], { route: 'br0' })).toBe(
      'br0: no interface has the VIP in its subnet; it has the default route',
    )
  })

  it.each([
    [
      'unknown',
      choice('workstation', [], { wanted: 'eth9' }),
      'interface eth9 does not exist; name one of these with -i: ifb0 (down), ifb1 (down), eth0',
    ],
    ['down', choice('workstation', [], { wanted: 'ifb0' }), 'interface ifb0 is down; `ip link set dev ifb0 up`'],
    [
      'the one whose subnet has the VIP, and down',
      choice('workstation', ['192.0.2.7'], { route: null, down: 'eth0' }),
      'interface eth0 is down; `ip link set dev eth0 up`',
    ],
    ['a loopback', choice('workstation', [], { wanted: 'lo' }), 'interface lo is a loopback: no neighbours there'],
    [
      'not to be guessed',
      choice('node', [], { route: null }),
      'interface to look at there is no default route; name one with -i',
    ],
  ])('says what to do when it is %s', (_, complaint, expected) => {
    expect(complaint).toContain(expected)
  })
})

it('names no other interface in place of one that is down but those that are up', () => {
  expect(choice('workstation', [], { wanted: 'ifb0' })).toMatch(/, or name another with -i: eth0$/)
  expect(choice('workstation', [], { wanted: 'ifb0', down: 'eth0' })).toMatch(/; `ip link set dev ifb0 up`$/)
})

describe('whyNoHostOn', () => {
  const device = {
    name: 'eth0',
    addresses: [
      { ip: ip('10.0.0.5'), prefix: 24, secondary: false },
      { ip: ip('10.1.0.9'), prefix: 30, secondary: false },
      { ip: ip('10.2.0.4'), prefix: 31, secondary: false },
      { ip: ip('10.3.0.255'), prefix: 32, secondary: false },
    ],
  }
  it.each([
    ['10.0.0.0', 'it is the network address of 10.0.0.0/24, the subnet of eth0'],
    ['10.0.0.255', 'it is the broadcast address of 10.0.0.0/24, the subnet of eth0'],
    ['10.1.0.8', 'it is the network address of 10.1.0.8/30, the subnet of eth0'],
    ['10.1.0.11', 'it is the broadcast address of 10.1.0.8/30, the subnet of eth0'],
    ['10.0.0.240', null],
    ['10.1.0.255', null],
    ['10.2.0.4', null],
    ['10.2.0.5', null],
    ['10.3.0.255', null],
    ['10.9.0.255', null],
  ])('%s: %s', (address, why) => {
    expect(whyNoHostOn(parseIpv4(address)!, device)).toBe(why)
  })
})

describe('touchesBridge', () => {
  it.each([
    ['br0', true],
    ['eth0', true],
    ['br0.10', true],
    ['bond0', false],
    ['eth1', false],
    ['lo', false],
  ])('%s: %s', (name, expected) => {
    expect(touchesBridge(named(name, 'node'), interfaces('node'))).toBe(expected)
  })
})

describe('isClusterNode', () => {
  it.each([
    ['a workstation', {}, [], false],
    ['a kubelet', {}, ['/var/lib/kubelet'], true],
    ['k3s', {}, ['/var/lib/rancher/k3s/agent'], true],
    ['a pod', { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, [], true],
  ])('%s', (_, env, paths: string[], expected) => {
    expect(isClusterNode(env, (path) => paths.includes(path))).toBe(expected)
  })
})
