import { describe, expect, it } from 'vitest'
import type { NetworkInterface } from '../../../src/capture/interfaces.js'
import type { LiveCapture } from '../../../src/capture/open-live.js'
import { NO_SERVICES } from '../../../src/probe/asking.js'
import { type Ip, parseIp } from '../../../src/wire/ip.js'
import { OwnPlace } from '../../../src/workflows/watch/own.js'

const ip = (text: string) => parseIp(text)!
const [HERE, OFF, ROUTED] = [ip('10.0.0.240'), ip('10.9.0.240'), ip('2001:db8:9::240')]

function device(own: string, prefix = 24): NetworkInterface {
  const addresses = [{ ip: ip(own), prefix, secondary: false }] as NetworkInterface['addresses']
  const named = { name: 'eth0', index: 2, mac: 0x020000000001, up: true, loopback: false }
  return { ...named, kind: null, portOf: null, related: [], promiscuity: 0, addresses }
}

interface Since {
  readonly isAnywhere?: boolean
  /** Addresses that are watched since then. */
  readonly more?: readonly Ip[]
  /** The address of the interface now; it was 10.0.0.1. */
  readonly now?: string
}

/** Which addresses are elsewhere; of those that were watched when the capture began, OFF was. */
function elsewhere(vips: readonly Ip[], { isAnywhere = true, more = [], now = '10.0.0.1' }: Since = {}) {
  const at = device('10.0.0.1')
  const live = { interface: at, all: [at], elsewhere: [OFF] } as unknown as LiveCapture
  let watched = vips
  const own = new OwnPlace(
    live,
    () => watched,
    () => NO_SERVICES,
    () => isAnywhere,
  )
  watched = [...vips, ...more]
  own.refresh([device(now)])
  return own.question().elsewhere ?? []
}

describe('an address that no subnet of the interface holds', () => {
  it('is elsewhere, also one that came later', () => {
    expect(elsewhere([HERE, OFF])).toEqual([OFF])
    expect(elsewhere([HERE], { more: [OFF] })).toEqual([OFF])
  })

  it('is where the operator says who named the interface', () => {
    expect(elsewhere([HERE, OFF], { isAnywhere: false })).toEqual([])
  })

  it('is here where a route says so', () => {
    expect(elsewhere([HERE, ROUTED, OFF])).toEqual([OFF])
  })

  it('is every one of a subnet that the interface has no longer', () => {
    expect(elsewhere([HERE, OFF], { now: '10.9.0.1' })).toEqual([HERE])
  })
})

it('asks from no address that is watched since then, though no address of the machine is another', () => {
  const at = device('10.0.0.1')
  const vips = [HERE]
  const own = new OwnPlace(
    { interface: at, all: [at] } as unknown as LiveCapture,
    () => vips,
    () => NO_SERVICES,
  )
  expect(own.canAsk(HERE)).toBe(true)
  vips.push(ip('10.0.0.1'))
  own.refresh()
  expect(own.canAsk(HERE)).toBe(false)
})
