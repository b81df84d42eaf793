import { describe, expect, it } from 'vitest'
import { mergeVantages } from '../../../src/facts/vantages/merge.js'
import type { VantageFacts } from '../../../src/facts/vantages/model.js'
import { captureOf } from '../../../src/observe/capture-of.js'
import { type Ip, parseIp } from '../../../src/wire/ip.js'
import { mac, place, unread, VIP } from './places.js'

const asks = (own: string) => `0.0 ask ${own}/10.0.0.10 -> 10.0.0.240 repeat 4 every 0.2`
const answers = (from: string, own: string, count = 4) =>
  `0.0004 answer ${from}/10.0.0.240 -> ${own}/10.0.0.10 repeat ${count} every 0.2`
const SILENT = place('silent', '0a', asks('0a'))
const ONE = place('one', '0b', [asks('0b'), answers('02', '0b')].join('\n'))
const TWO = place('two', '0c', [asks('0c'), answers('02', '0c', 1), answers('03', '0c', 1)].join('\n'))

const merged = (...all: readonly VantageFacts[]) => mergeVantages(all, [VIP])
const responders = (...all: readonly VantageFacts[]) =>
  merged(...all)
    ?.wire.addresses.flatMap(({ claims }) => claims.filter(({ replies }) => replies > 0))
    .map((claim) => claim.mac)

describe('several places as one wire', () => {
  it('has of each address what the place saw that learnt most', () => {
    expect(merged(SILENT, ONE)?.main).toBe('one')
    expect(responders(SILENT, ONE)).toEqual([mac('02')])
    expect(merged(ONE, TWO)?.main).toBe('two')
    expect(responders(ONE, TWO)).toEqual([mac('02'), mac('03')])
  })

  it('takes the first of equals, and does not depend on the others', () => {
    expect(merged(ONE, { ...ONE, name: 'twin' })?.main).toBe('one')
    expect(merged({ ...ONE, name: 'twin' }, ONE)?.main).toBe('twin')
  })

  it('never makes two machines of what two places saw apart', () => {
    const elsewhere = place('elsewhere', '0d', [asks('0d'), answers('03', '0d')].join('\n'))
    expect(responders(ONE, elsewhere)).toEqual([mac('02')])
  })

  it('does not believe the silence of the machine that holds the address', () => {
    const holder = { ...SILENT, own: { ...SILENT.own, ips: [VIP] } }
    const both = merged(holder, ONE)
    expect([both?.main, both?.own.ips]).toEqual(['one', []])
    expect(merged(holder)?.own.ips).toEqual([VIP])
  })

  it('does not call a place that answered to another one ours', () => {
    const answering = { ...SILENT, own: { ...SILENT.own, macs: [mac('02')] } }
    const held = place('x', '02', '0.0 ask 02/10.0.0.2 -> 10.0.0.241')
    expect(merged(ONE, answering, held)?.own.macs).toEqual([mac('0b')])
  })

  it('is null where no place could be read, and the one that could otherwise', () => {
    expect(merged(unread('a'), unread('b'))).toBeNull()
    expect(merged(unread('a'), ONE)).toMatchObject({ main: 'one', probed: true })
  })

  it('keeps beside each address the capture that it was seen in', () => {
    const here = place('here', '0b', `${asks('0b')}\n${answers('02', '0b')}\n1 mld-query 0a/fe80::a`)
    const twice = '0.0 garp 02/2001:db8::240\n0.1 garp 03/2001:db8::240'
    const { wire } = merged(here, place('there', '', twice))!
    const queries = wire.addresses.map((address) => [address.ip, captureOf(wire, address).listeners.queries])
    expect(new Map(queries as [Ip, number][])).toEqual(
      new Map<Ip, number>([
        [VIP, 1],
        [parseIp('2001:db8::240')!, 0],
      ]),
    )
  })

  it('says that silence means something only where each place that counts has asked', () => {
    const bystander = place('file', '', [asks('0b'), answers('02', '0b'), answers('03', '0b')].join('\n'))
    expect(merged(ONE)?.probed).toBe(true)
    expect(merged(ONE, bystander)).toMatchObject({ main: 'file', probed: false })
  })
})
