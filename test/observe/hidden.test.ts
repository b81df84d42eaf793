import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { parseIpv6 } from '../../src/wire/ipv6.js'
import { solicitation } from '../../src/wire/write-discovery.js'
import { framesToPcap, TRACE_START } from '../trace.js'
import { TUNNELLED, VIP } from '../wire/tunnelled.js'

function captureOf(frame: Uint8Array) {
  const observer = new Observer({ asked: [VIP], allAddresses: false })
  observer.push(framesToPcap([{ at: TRACE_START, frame }]))
  return observer.finish().capture
}

/** Behind an IPv6 extension header, whose length is said in units of 8 bytes after the first. */
function extended(next: number, header: Buffer): Uint8Array {
  const [mac, ip, target] = [0x020000000001, parseIpv6('2001:db8::1')!, parseIpv6('2001:db8::240')!]
  const frame = Buffer.from(solicitation({ mac, ip }, target))
  const whole = Buffer.concat([frame.subarray(0, 54), header, frame.subarray(54)])
  whole[20] = next
  whole.writeUInt16BE(whole.readUInt16BE(18) + header.length, 18)
  return whole
}

describe('the core sends to the decoder', () => {
  it.each(TUNNELLED)('%s', (what, frame) => {
    expect(captureOf(frame).notJudged).toEqual([{ what, frames: 1, about: [VIP] }])
  })

  it.each([
    ['a router alert', 0, Buffer.from('3a00050200000100', 'hex')],
    ['destination options of 24 bytes', 60, Buffer.concat([Buffer.from('3a020114', 'hex'), Buffer.alloc(20)])],
    ['hop-by-hop options of 40 bytes', 0, Buffer.concat([Buffer.from('3a040122', 'hex'), Buffer.alloc(36)])],
    ['two headers', 0, Buffer.from('3c000502000001003a00010400000000', 'hex')],
  ])('neighbour discovery behind %s', (_, next, header) => {
    expect(captureOf(extended(next, header)).nd.neighborSolicitations).toBe(1)
  })
})
