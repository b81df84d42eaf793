import { describe, expect, it } from 'vitest'
import { EngineMissing } from '../../src/capture/live.js'
import { explainCap } from '../../src/capture/live-cap.js'
import { droppedByKernel, explainTcpdump } from '../../src/capture/live-tcpdump.js'
import { CannotLook } from '../../src/known.js'

const failed = (step: 'load' | 'open', message: string) =>
  `Warning: eth0: no IPv4 address assigned - This may not actually work\n\n${JSON.stringify({ step, message })}\n`

describe('explainCap', () => {
  it("keeps the addon's chatter from the user and names the next step", () => {
    const error = explainCap('eth0', { code: 1, stderr: failed('open', 'socket: Operation not permitted') })
    expect(error).toBeInstanceOf(CannotLook)
    expect((error as CannotLook).gap.reason).toBe('not permitted (socket: Operation not permitted): needs CAP_NET_RAW')
    expect((error as CannotLook).gap.hint).toMatch(/sudo.*setcap.*--read/)
  })

  it('tells an addon that does not load from an interface that does not open', () => {
    expect(explainCap('eth0', { code: 1, stderr: failed('load', "Cannot find module 'cap'") })).toBeInstanceOf(
      EngineMissing,
    )
    const down = explainCap('eth0', { code: 1, stderr: failed('open', 'That device is not up') })
    expect(down.message).toBe('capture on eth0: That device is not up')
  })

  it('still says something of a child that crashed', () => {
    expect(explainCap('eth0', { code: null, stderr: 'malloc(): corrupted\n' }).message).toContain('malloc(): corrupted')
    expect(explainCap('eth0', { code: null, stderr: '', error: new Error('spawn EAGAIN') }).message).toContain(
      'spawn EAGAIN',
    )
  })
})

describe('explainTcpdump', () => {
  const greeting = 'tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 128 bytes\n'

  it('knows a missing tcpdump', () => {
    expect(explainTcpdump('eth0', { code: 127, stderr: 'sh: 1: exec: tcpdump: not found\n' })).toBeInstanceOf(
      EngineMissing,
    )
  })

  it('leaves out the greeting and the counts', () => {
    const counts = '5 packets captured\n5 packets received by filter\n0 packets dropped by kernel\n'
    const stderr = `${greeting}tcpdump: pcap_loop: The interface disappeared\n${counts}`
    const { message } = explainTcpdump('eth0', { code: 1, stderr })
    expect(message).toBe('capture on eth0: pcap_loop: The interface disappeared')
  })

  it('knows a lack of permission', () => {
    const stderr =
      "tcpdump: eth0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n"
    expect(explainTcpdump('eth0', { code: 1, stderr }).message).toContain('CAP_NET_RAW')
  })
})

describe('droppedByKernel', () => {
  it.each([
    ['12 packets captured\n15 packets received by filter\n3 packets dropped by kernel\n', 3],
    ['1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n', 0],
    ['1 packet dropped by kernel\n', 1],
    ['5 packets captured\n1000 packets received by filter\n3 packets dropped by kernel\n', 995],
    ['5 packets captured\n7 packets received by filter\n0 packets dropped by kernel\n', 0],
    ['Killed\n', null],
  ])('%j', (stderr, dropped) => {
    expect(droppedByKernel(stderr)).toBe(dropped)
  })
})
