import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { roundsAnsweredBy, roundsOf } from '../../src/observe/rounds.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { parseMac } from '../../src/wire/mac.js'
import { framesToPcap, parseTrace, traceToPcap } from '../trace.js'

const OWNER = parseMac('02:00:00:00:00:02')!
const PROXY = parseMac('02:00:00:00:00:03')!

/** An owner and a proxy; at the end the proxy alone is probed, and keeps silent. */
const TRACE = `
  0.0000 ask 01/10.0.0.1 -> 10.0.0.240
  0.0003 answer 02/10.0.0.240 -> 01/10.0.0.1
  0.2000 answer 03/10.0.0.240 -> 01/10.0.0.1
  0.5000 probe 01 -> 10.0.0.240
  0.5003 02>01 reply 02/10.0.0.240 -> 01/0.0.0.0
  1.5000 01>03 request 01/0.0.0.0 -> 00/10.0.0.240
`

function address() {
  const observer = new Observer({ asked: [parseIpv4('10.0.0.240')!], allAddresses: false })
  observer.push(traceToPcap(TRACE))
  return observer.finish().addresses[0]!
}

describe('rounds', () => {
  it('leave out a probe that only one machine heard', () => {
    expect(address().asks.probe.sent).toBe(2)
    expect(roundsOf(address())).toEqual({ asked: 2, answered: 2 })
  })

  it('count what each MAC answered of them', () => {
    expect(roundsAnsweredBy(OWNER, address())).toBe(2)
    expect(roundsAnsweredBy(PROXY, address())).toBe(1)
  })
})

describe("a machine's own probes", () => {
  const facts = (trace: string) => {
    const observer = new Observer({ asked: [parseIpv4('10.0.0.240')!], allAddresses: false })
    observer.push(traceToPcap(trace))
    observer.responders(parseIpv4('10.0.0.240')!) // settles in between, as a live run does
    return observer.finish().addresses[0]!
  }
  const ANSWERED = `
    10.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 12 every 1
    10.0003 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 12 every 1`

  it.each([
    ['before it claims the address', '0.0 probe 02 -> 10.0.0.240 repeat 3 every 1'],
    ['after it', '40.0 probe 02 -> 10.0.0.240 repeat 3 every 1'],
  ])('are no rounds, sent %s', (_, probes) => {
    const address = facts(`${probes}${'\n'}${ANSWERED}`)
    expect(roundsOf(address)).toEqual({ asked: 12, answered: 12 })
    expect(address.exchanges).toHaveLength(12)
    expect(address.claims[0]!.answered.probe).toEqual({ asked: 0, answered: 0 })
  })

  it('are questions to another machine: an answer to them counts', () => {
    const address = facts(`${ANSWERED}
      40.0 probe 03 -> 10.0.0.240
      40.0003 answer 02/10.0.0.240 -> 03/0.0.0.0
      41.0 garp 03/10.0.0.240`)
    expect(roundsOf(address)).toEqual({ asked: 13, answered: 13 })
  })

  it('of a machine that never claims the address are rounds like all others', () => {
    expect(roundsOf(facts(`40.0 probe 09 -> 10.0.0.240 repeat 3 every 1${'\n'}${ANSWERED}`))).toEqual({
      asked: 15,
      answered: 12,
    })
  })
})

describe('time that runs backwards', () => {
  const stored = (...traces: string[]) => {
    const observer = new Observer({ asked: [], allAddresses: true })
    observer.push(framesToPcap(traces.flatMap(parseTrace)))
    return observer.finish()
  }

  it('is counted once a step, with the first frame and the longest step', () => {
    const { capture } = stored(
      '5.0 garp 02/10.0.0.1',
      '1.0 garp 02/10.0.0.1',
      '9.0 garp 02/10.0.0.1',
      '2.0 garp 02/10.0.0.1',
    )
    expect(capture.timeRunsBackwards).toEqual({ times: 2, firstFrame: 2, longestMicros: 7_000_000 })
  })

  it('leaves first and last of a claim in the order of time', () => {
    const [claim] = stored('5.0 garp 02/10.0.0.1', '1.0 garp 02/10.0.0.1').addresses[0]!.claims
    expect(claim).toMatchObject({ firstFrame: 2, lastFrame: 1 })
  })

  it('is not the disorder of a second that captures of several processors have', () => {
    expect(stored('5.0 garp 02/10.0.0.1', '4.1 garp 02/10.0.0.1').capture.timeRunsBackwards).toBeNull()
  })
})
