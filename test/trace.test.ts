import { describe, expect, it } from 'vitest'
import { parseTrace, TRACE_START, traceToPcap } from './trace.js'

const hex = (text: string) => parseTrace(text).map(({ frame }) => Buffer.from(frame).toString('hex'))

describe('frame traces', () => {
  it('reads a request and a reply in full', () => {
    const [request, reply] = parseTrace(`
      # the long form
      0.000000 02:00:00:00:00:01>ff:ff:ff:ff:ff:ff request 02:00:00:00:00:01/10.0.0.1 -> 00:00:00:00:00:00/10.0.0.240 vlan 100
      0.000400 02:00:00:00:00:02>02:00:00:00:00:01 reply 02:00:00:00:00:02/10.0.0.240 -> 02:00:00:00:00:01/10.0.0.1`)
    expect(Buffer.from(request!.frame).toString('hex')).toBe(
      'ffffffffffff020000000001' +
        '81000064' +
        '0806' +
        '0001080006040001' +
        '0200000000010a000001' +
        '0000000000000a0000f0',
    )
    expect(reply!.at - TRACE_START).toBe(400)
    expect(Buffer.from(reply!.frame).toString('hex')).toBe(
      '020000000001020000000002' + '0806' + '0001080006040002' + '0200000000020a0000f0' + '0200000000010a000001',
    )
  })

  it('has short forms that mean the same', () => {
    expect(hex('0 ask 01/10.0.0.1 -> 10.0.0.240')).toEqual(hex('0 request 01/10.0.0.1 -> 00:00:00:00:00:00/10.0.0.240'))
    expect(hex('0 answer 02/10.0.0.240 -> 01/10.0.0.1')).toEqual(hex('0 02>01 reply 02/10.0.0.240 -> 01/10.0.0.1'))
    expect(hex('0 garp 02/10.0.0.240')).toEqual(hex('0 request 02/10.0.0.240 -> 00:00:00:00:00:00/10.0.0.240'))
    expect(hex('0 probe 01 -> 10.0.0.240')).toEqual(hex('0 request 01/0.0.0.0 -> 00:00:00:00:00:00/10.0.0.240'))
    expect(hex('0 ask 01/10.0.0.1 -> 10.0.0.9 at 02')).toEqual(hex('0 01>02 ask 01/10.0.0.1 -> 10.0.0.9'))
    expect(hex('0 garp-reply 02/10.0.0.240')).toEqual(hex('0 02>* reply 02/10.0.0.240 -> */10.0.0.240'))
    expect(hex('0 frame ffff 0a')).toEqual(['ffff0a'])
  })

  it('repeats, counts on from the line before and sorts by time', () => {
    const frames = parseTrace('1 garp 02/10.0.0.240 repeat 3 every 1/2\n+0.25 garp 03/10.0.0.240 vlan 200.300')
    expect(frames.map(({ at }) => at - TRACE_START)).toEqual([1_000_000, 1_250_000, 1_500_000, 2_000_000])
    expect(frames[1]!.frame.length).toBe(50)
  })

  it('names the line it cannot read', () => {
    expect(() => parseTrace('\n0 asks 01/10.0.0.1 -> 10.0.0.2')).toThrow(
      'trace line 2, "0 asks 01/10.0.0.1 -> 10.0.0.2": unknown kind',
    )
    expect(() => parseTrace('x garp 02/10.0.0.1')).toThrow('"x" is no time')
    expect(() => parseTrace('0 garp 02/10.0.0.256')).toThrow('is no IPv4 address')
    expect(() => parseTrace('0 garp zz/10.0.0.25')).toThrow('is no MAC')
  })

  it('becomes pcap bytes', () => {
    expect(traceToPcap('0 garp 02/10.0.0.240').length).toBe(24 + 16 + 42)
  })
})
