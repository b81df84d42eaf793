import { expect, it } from 'vitest'
import { isElsewhere } from '../../src/facts/past-segments.js'

const [GATEWAY, OWNER, OTHER] = ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:99']
const VRRP = (vrid: number) => `00:00:5e:00:01:0${vrid}`
const past = (gateway: string) => ({
  gateways: new Map([['10.0.0.1', new Set([gateway])]]),
  macs: new Set([gateway, OWNER]),
})
const machine = (ip: string, mac: string) => ({ ip, mac })

it('says that a history is of another segment where its gateway is another machine and nobody of it is here', () => {
  const now = [machine('10.0.0.1', OTHER), machine('10.0.0.240', '02:00:00:00:00:98')]
  expect(isElsewhere(past(GATEWAY), now)).toEqual({ ip: '10.0.0.1', was: [GATEWAY], is: OTHER })
})

it.each([
  ['the gateway is the same', past(GATEWAY), [machine('10.0.0.1', GATEWAY)]],
  [
    'the gateway was replaced, and another machine is here',
    past(GATEWAY),
    [machine('10.0.0.1', OTHER), machine('10.0.0.240', OWNER)],
  ],
  ['the gateway was not heard', past(GATEWAY), [machine('10.0.0.240', OTHER)]],
  ['the history knows no gateway', { gateways: new Map(), macs: new Set([OWNER]) }, [machine('10.0.0.1', OTHER)]],
  ['the gateway was a virtual router', past(VRRP(1)), [machine('10.0.0.1', OTHER)]],
  ['the gateway is a virtual router now', past(GATEWAY), [machine('10.0.0.1', VRRP(2))]],
])('says nothing where %s', (_, segments, now) => {
  expect(isElsewhere(segments, now)).toBeNull()
})

it('takes no virtual router for a machine that is here: it has the same MAC on every segment', () => {
  const segments = { ...past(GATEWAY), macs: new Set([GATEWAY, VRRP(1)]) }
  const now = [machine('10.0.0.1', OTHER), machine('10.0.0.240', VRRP(1))]
  expect(isElsewhere(segments, now)?.is).toBe(OTHER)
})
