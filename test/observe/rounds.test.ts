import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { roundsAnsweredBy, roundsOf } from '../../src/observe/rounds.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { parseMac } from '../../src/wire/mac.js'
import { traceToPcap } from '../trace.js'

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
