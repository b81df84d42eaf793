import { describe, expect, it } from 'vitest'
import { findWhatIsBetween, leaveOneMaster } from '../../../src/rules/vrrp/one-master.js'
import type { RouterData } from '../../../src/rules/vrrp/parts.js'

function two(protocol: RouterData['protocol'], first: number | null, second: number | null, network = '10.0.0.') {
  const machines = [first, second].map((priority, at) => ({
    ip: `${network}${11 + at}`,
    mac: `02:00:00:00:00:1${1 + at}`,
    node: null,
    priority,
  }))
  return { protocol, family: 4, vips: ['10.0.0.240'], machines, deaf: null, passwords: false } as const
}
const stopped = (data: ReturnType<typeof two>) => leaveOneMaster(data).map(({ summary }) => summary)

describe('one master of two', () => {
  it('is left by priority, and of the same priority by the higher address', () => {
    expect(stopped(two('vrrp', 100, 150))).toEqual([
      expect.stringContaining('stop 10.0.0.11, which has the lower priority'),
    ])
    expect(stopped(two('vrrp', 150, 100))).toEqual([
      expect.stringContaining('stop 10.0.0.12, which has the lower priority'),
    ])
    expect(stopped(two('vrrp', 100, 100))).toEqual([
      expect.stringContaining('stop 10.0.0.11, which has the lower address with the same priority'),
    ])
  })

  it('is not named where nothing says which it is', () => {
    expect(stopped(two('carp', 255, 255))).toEqual([])
    expect(stopped(two('vrrp', null, 100))).toEqual([])
    // pseudonyms do not keep the order
    expect(stopped(two('vrrp', 100, 100, 'fe80::'))).toEqual([])
  })

  it('of CARP may be of another cluster, which is looked at first', () => {
    const [first] = findWhatIsBetween(two('carp', 255, 155)).steps
    expect(first).toMatchObject({ kind: 'look', text: expect.stringContaining('of one cluster?') })
  })
})
