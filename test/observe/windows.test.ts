import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { Windows } from '../../src/observe/windows.js'
import { parseIp } from '../../src/wire/ip.js'
import { asPcap } from '../capture/formats.js'
import { parseTrace, type TimedFrame } from '../trace.js'

const VIP = parseIp('10.0.0.240')!
const ASKED = { asked: [VIP], allAddresses: true }

const first = parseTrace(`
  0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 40 every 0.01
  0.005 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 40 every 0.01
  2 garp 03/10.0.0.240`)
const second = parseTrace(`
  60 ask 01/10.0.0.1 -> 10.0.0.240
  60.001 answer 03/10.0.0.240 -> 01/10.0.0.1
  61 ask 04/10.0.0.4 -> 10.0.0.9`)
const all = asPcap([...first, ...second])
const border = asPcap(first).length

function alone(frames: readonly TimedFrame[], options = ASKED) {
  const observer = new Observer(options)
  observer.push(asPcap(frames))
  return observer.finish()
}

describe('windows', () => {
  it.each([1, 7, 4096])('each say what a capture of their own would, read in pieces of %i bytes', (size) => {
    const windows = new Windows(ASKED)
    const push = (from: number, to: number) => {
      for (let at = from; at < to; at += size) windows.push(all.slice(at, Math.min(at + size, to)))
    }
    push(0, border)
    const one = windows.roll(ASKED)
    push(border, all.length)
    expect([one, windows.roll(ASKED)]).toEqual([alone(first), alone(second)])
  })

  it('has a record that the border cuts in the window that reads its end', () => {
    const windows = new Windows(ASKED)
    windows.push(all.slice(0, border + 20))
    const one = windows.roll(ASKED)
    windows.push(all.slice(border + 20))
    expect([one, windows.roll(ASKED)]).toEqual([alone(first), alone(second)])
    expect(one.capture.truncatedFile).toBe(false)
  })

  it('asks in each window for what that one is to watch', () => {
    const windows = new Windows({ asked: [], allAddresses: false })
    windows.push(all.slice(0, border))
    windows.roll({ asked: [VIP], allAddresses: false })
    expect(windows.answersFor(VIP).size).toBe(0)
    windows.push(all.slice(border))
    expect([...windows.answersFor(VIP).keys()]).toEqual([0x0200_0000_0003])
    expect(windows.roll(ASKED).addresses.map(({ ip, asked }) => ({ ip, asked }))).toEqual([{ ip: VIP, asked: true }])
  })

  it('says of a window without a frame that nothing was seen, of the link type that the capture has', () => {
    const windows = new Windows(ASKED)
    windows.push(all.slice(0, border))
    windows.roll(ASKED)
    const { capture } = windows.roll(ASKED)
    expect([capture.frames, capture.linkTypes]).toEqual([0, ['EN10MB']])
  })
})
