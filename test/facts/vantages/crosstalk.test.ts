import { describe, expect, it } from 'vitest'
import { withoutCrosstalk } from '../../../src/facts/vantages/crosstalk.js'
import { addressOf, mac, place, unread } from './places.js'

const ASKS_A = '0.0 ask 0a/10.0.0.10 -> 10.0.0.240 repeat 4 every 0.2'
const ASKS_B = '0.1 ask 0b/10.0.0.11 -> 10.0.0.240 repeat 4 every 0.2'
const ANSWERS_A = '0.0004 answer 02/10.0.0.240 -> 0a/10.0.0.10 repeat 4 every 0.2'
const ANSWERS_B = '0.1004 answer 02/10.0.0.240 -> 0b/10.0.0.11 repeat 4 every 0.2'

describe('requests of another place', () => {
  const a = place('a', '0a', [ASKS_A, ANSWERS_A, ASKS_B].join('\n'))
  const b = place('b', '0b', [ASKS_B, ANSWERS_B, ASKS_A].join('\n'))

  it('are no unanswered rounds of this one', () => {
    expect(addressOf(a)?.asks.broadcast).toEqual({ sent: 8, answered: 4 })
    const [apart] = withoutCrosstalk([a, b])
    expect(addressOf(apart!)?.asks.broadcast).toEqual({ sent: 4, answered: 4 })
    expect(addressOf(apart!)?.exchanges.map(({ asker }) => asker)).toEqual(Array(4).fill(mac('0a')))
    expect(addressOf(apart!)?.claims[0]?.answered.broadcast).toEqual({ asked: 4, answered: 4 })
  })

  it('whose answers came by here count: the segment floods them', () => {
    const floods = place('a', '0a', [ASKS_A, ANSWERS_A, ASKS_B, ANSWERS_B].join('\n'))
    const [apart] = withoutCrosstalk([floods, b])
    expect(addressOf(apart!)?.exchanges).toHaveLength(8)
  })

  it('of a machine that is no place count as before: its silence is of the wire', () => {
    const client = place('a', '0a', [ASKS_A, ANSWERS_A, ASKS_B].join('\n'))
    const [apart] = withoutCrosstalk([client, place('c', '0c', '')])
    expect(addressOf(apart!)?.asks.broadcast).toEqual({ sent: 8, answered: 4 })
  })

  it('leave what was heard there as it was, and a place that could not be read alone', () => {
    const [apart, dead] = withoutCrosstalk([a, unread('b')])
    expect(apart?.heard).toEqual(new Set([mac('0a'), mac('0b')]))
    expect(dead?.wire.known).toBe(false)
  })

  it('on two interfaces of one machine are its own', () => {
    const both = [mac('0a'), mac('0b')]
    const one = { ...a, own: { ...a.own, macs: both } }
    const other = { ...b, own: { ...b.own, macs: both } }
    const [apart] = withoutCrosstalk([one, other])
    expect(addressOf(apart!)?.exchanges).toHaveLength(8)
  })
})
