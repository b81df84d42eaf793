import { describe, expect, it } from 'vitest'
import { SOCKET_FILTER } from '../../src/capture/frame-filter.js'
import { SNAP_LENGTH } from '../../src/capture/live.js'
import { parseIpv6 } from '../../src/wire/ipv6.js'
import { arpRequest } from '../../src/wire/write-arp.js'
import { lookForDuplicate, solicitation } from '../../src/wire/write-discovery.js'

/** Runs classic BPF (linux/bpf_common.h) as the kernel does: bytes taken of a frame, 0 where it is refused. */
function taken(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  let [a, x] = [0, 0]
  for (let at = 0; ; at += 4) {
    const [code, ifTrue = 0, ifFalse = 0, k = 0] = SOCKET_FILTER.slice(at, at + 4)
    const load = (place: number, size: number) => {
      if (place + size > frame.length) return false
      a = size === 1 ? view.getUint8(place) : view.getUint16(place)
      return true
    }
    if (code === 0x01) x = k
    else if (code === 0x06) return k
    else if (code === 0x05) at += 4 * k
    else if (code === 0x15) at += 4 * (a === k ? ifTrue : ifFalse)
    else if (code === 0x35) at += 4 * (a >= k ? ifTrue : ifFalse)
    else if (code === 0x25) at += 4 * (a > k ? ifTrue : ifFalse)
    else if (!(code === 0x28 ? load(k, 2) : load(x + k, code === 0x48 ? 2 : 1))) return 0
  }
}

const [asker, vip] = [{ mac: 0x020000000100, ip: parseIpv6('fe80::64')! }, parseIpv6('fd77::240')!]
const station = { mac: 0x020000000100, ip: 0x0a4d0064 }

/** A solicitation with these bytes in place of its own. */
function changed(bytes: Record<number, number>, vlans: readonly number[] = []): Uint8Array {
  const frame = solicitation(asker, vip, { vlans })
  for (const [at, byte] of Object.entries(bytes)) frame[Number(at) + 4 * vlans.length] = byte
  return frame
}

const [NEXT, TYPE] = [20, 54]

describe('the filter of a packet socket', () => {
  it.each<[string, Uint8Array]>([
    ['ARP', arpRequest(station, 0x0a4d00f0)],
    ['ARP behind a tag', arpRequest(station, 0x0a4d00f0, { vlans: [7] })],
    ['a solicitation', solicitation(asker, vip)],
    ['a solicitation behind a tag', solicitation(asker, vip, { vlans: [7] })],
    ['one from ::', lookForDuplicate(asker.mac, vip)],
    ['a router solicitation', changed({ [TYPE]: 133 })],
    ['a redirect', changed({ [TYPE]: 137 })],
    ['a multicast listener report', changed({ [NEXT]: 0, [TYPE]: 58 })],
    ['ICMPv6 behind a fragment header', changed({ [NEXT]: 44, [TYPE]: 58 }, [7])],
    ['ICMPv6 behind destination options', changed({ [NEXT]: 60, [TYPE]: 58 })],
    ['VRRP for IPv6', changed({ [NEXT]: 112 })],
  ])('takes %s', (_, frame) => {
    expect(taken(frame)).toBe(SNAP_LENGTH)
  })

  it.each<[string, Uint8Array]>([
    ['an echo request', changed({ [TYPE]: 128 })],
    ['what comes behind redirects', changed({ [TYPE]: 138 })],
    ['TCP', changed({ [NEXT]: 6 })],
    ['TCP behind hop-by-hop options', changed({ [NEXT]: 0, [TYPE]: 6 })],
    ['an echo request behind a tag', changed({ [TYPE]: 129 }, [7])],
    ['what ends too early', solicitation(asker, vip).subarray(0, TYPE)],
  ])('refuses %s', (_, frame) => {
    expect(taken(frame)).toBe(0)
  })
})
