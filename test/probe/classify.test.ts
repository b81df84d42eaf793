import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { classifyResponder } from '../../src/probe/classify.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { parseMac } from '../../src/wire/mac.js'
import { traceToPcap } from '../trace.js'

const MAC = parseMac('02:00:00:00:00:02')!

/** The class of 02:…:02 in a trace. */
function classOf(trace: string): string {
  const observer = new Observer({ asked: [parseIpv4('10.0.0.240')!], allAddresses: false })
  observer.push(traceToPcap(trace))
  const address = observer.finish().addresses[0]!
  return classifyResponder(address.claims.find(({ mac }) => mac === MAC)!, address)
}

const ASKS = '0.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 4 every 2'
const answers = (afterSeconds: number) => `${afterSeconds} answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 4 every 2`
const PROBES = '1.5 probe 01 -> 10.0.0.240 repeat 3 every 2'

describe('classifyResponder', () => {
  it.each([
    [
      'an owner that answers everything',
      [ASKS, answers(0.0003), PROBES, '1.5003 answer 02/10.0.0.240 -> 01/0.0.0.0'],
      'owner',
    ],
    [
      'an owner behind Wi-Fi power saving, late but true',
      [ASKS, answers(0.12), PROBES, '1.62 answer 02/10.0.0.240 -> 01/0.0.0.0'],
      'owner',
    ],
    ['a proxy, late and silent to probes', [ASKS, answers(0.4), PROBES], 'proxy-arp'],
    [
      'one that is late, with a single probe, which may be lost',
      [ASKS, answers(0.4), '1.5 probe 01 -> 10.0.0.240'],
      'unknown',
    ],
    ['one that answers at once and ignores probes', [ASKS, answers(0.0003), PROBES], 'unknown'],
    ['one that was never probed', [ASKS, answers(0.4)], 'unknown'],
    [
      'one that came up after the probes',
      [
        '0.0 probe 01 -> 10.0.0.240 repeat 3 every 1',
        '20.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 4 every 2',
        '20.4 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 4 every 2',
      ],
      'unknown',
    ],
    [
      'one that was gone when the probes came',
      [ASKS, answers(0.4), '30.0 probe 01 -> 10.0.0.240 repeat 3 every 1'],
      'unknown',
    ],
    [
      'one that loses most requests',
      [
        '0.0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 9 every 2',
        '0.4 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 2 every 16',
        '1.5 probe 01 -> 10.0.0.240 repeat 2 every 2',
      ],
      'unknown',
    ],
    [
      'a slow one that probes the address itself',
      [ASKS, answers(0.4), '1.5 probe 02 -> 10.0.0.240 repeat 3 every 2'],
      'unknown',
    ],
  ] as const)('%s', (_, trace, expected) => {
    expect(classOf(trace.join('\n'))).toBe(expected)
  })
})
