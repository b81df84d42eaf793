import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { BROADCAST_MAC, parseMac } from '../../src/wire/mac.js'
import { pcapRecord } from '../../src/wire/write-pcap.js'
import { cooked } from '../capture/formats.js'
import { framesToPcap, parseTrace, traceToPcap } from '../trace.js'

const VIP = parseIpv4('10.0.0.240')!
const macOf = (octet: string) => parseMac(`02:00:00:00:00:${octet}`)!

function vip(trace: string) {
  const observer = new Observer({ asked: [VIP], allAddresses: false })
  observer.push(traceToPcap(trace))
  return observer.finish().addresses[0]!
}

/** Answer times in milliseconds, per exchange, as `mac+delay`. */
function answers(trace: string): string[] {
  return vip(trace).exchanges.map(({ mode, answers }) =>
    [mode, ...answers.map(({ mac, afterMicros }) => `${(mac & 0xff).toString(16)}+${afterMicros / 1000}`)].join(' '),
  )
}

describe('exchanges', () => {
  it('joins a request with the answers of two owners', () => {
    const address = vip(`
      0      ask 01/10.0.0.1 -> 10.0.0.240
      0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
      0.0005 answer 03/10.0.0.240 -> 01/10.0.0.1`)
    expect(address.asks.broadcast).toEqual({ sent: 1, answered: 1 })
    expect(address.contestedRounds).toBe(1)
    expect(address.claims.map(({ mac, firstAnswers }) => [mac, firstAnswers])).toEqual([
      [macOf('02'), 1],
      [macOf('03'), 0],
    ])
    expect(address.claims[1]!.latency).toEqual({ minMicros: 500, medianMicros: 500, maxMicros: 500 })
  })

  it('says in which frame each answer came', () => {
    const { exchanges } = vip(`
      0      ask 01/10.0.0.1 -> 10.0.0.240
      0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
      0.0005 answer 03/10.0.0.240 -> 01/10.0.0.1
      1      ask 01/10.0.0.1 -> 10.0.0.240
      1.0004 answer 03/10.0.0.240 -> 01/10.0.0.1`)
    expect(exchanges.map(({ frame, answers }) => [frame, ...answers.map((one) => one.frame)])).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  })

  it('keeps what one machine asks about two addresses at once apart', () => {
    const observer = new Observer({ asked: [VIP, VIP + 1], allAddresses: false })
    observer.push(
      traceToPcap(`
        0     ask 01/10.0.0.1 -> 10.0.0.240
        0.001 ask 01/10.0.0.1 -> 10.0.0.241
        0.002 answer 02/10.0.0.240 -> 01/10.0.0.1
        0.004 answer 02/10.0.0.241 -> 01/10.0.0.1`),
    )
    const { addresses } = observer.finish()
    expect(addresses.map(({ ip, exchanges }) => [ip, exchanges[0]!.answers.map((one) => one.afterMicros)])).toEqual([
      [VIP, [2000]],
      [VIP + 1, [3000]],
    ])
  })

  it('keeps the modes apart: a probe carries spa 0.0.0.0, and so do its answers', () => {
    expect(
      answers(`
        0      ask 01/10.0.0.1 -> 10.0.0.240
        0.1    probe 01 -> 10.0.0.240
        0.1004 answer 02/10.0.0.240 -> 01/0.0.0.0
        0.2    ask 01/10.0.0.1 -> 10.0.0.240 at 03
        0.2001 answer 03/10.0.0.240 -> 01/10.0.0.1`),
    ).toEqual(['broadcast', 'probe 2+0.4', 'unicast 3+0.1'])
  })

  it('gives a late proxy answer to its own round, although the next ones have begun', () => {
    expect(
      answers(`
        0.0 ask 01/10.0.0.1 -> 10.0.0.240
        0.3 ask 01/10.0.0.1 -> 10.0.0.240
        0.6 ask 01/10.0.0.1 -> 10.0.0.240
        0.7 answer 03/10.0.0.240 -> 01/10.0.0.1
        1.0 answer 03/10.0.0.240 -> 01/10.0.0.1
        1.3 answer 03/10.0.0.240 -> 01/10.0.0.1`),
    ).toEqual(['broadcast 3+700', 'broadcast 3+700', 'broadcast 3+700'])
  })

  it('leaves a skipped round unanswered when the next answer is prompt', () => {
    expect(
      answers(`
        0.0    ask 01/10.0.0.1 -> 10.0.0.240
        0.3    ask 01/10.0.0.1 -> 10.0.0.240
        0.3004 answer 02/10.0.0.240 -> 01/10.0.0.1
        0.6    ask 01/10.0.0.1 -> 10.0.0.240
        0.6300 answer 03/10.0.0.240 -> 01/10.0.0.1`),
    ).toEqual(['broadcast 3+630', 'broadcast 2+0.4', 'broadcast'])
  })

  it('follows the habit of a slow owner across a skipped round', () => {
    expect(
      answers(`
        0.0  ask 01/10.0.0.1 -> 10.0.0.240
        0.03 answer 02/10.0.0.240 -> 01/10.0.0.1
        0.3  ask 01/10.0.0.1 -> 10.0.0.240
        0.6  ask 01/10.0.0.1 -> 10.0.0.240
        0.64 answer 02/10.0.0.240 -> 01/10.0.0.1`),
    ).toEqual(['broadcast 2+30', 'broadcast', 'broadcast 2+40'])
  })

  it('follows that habit, whoever wants to know the answers so far', () => {
    const observer = new Observer({ asked: [VIP], allAddresses: false })
    const frames = parseTrace(`
      0.0  ask 01/10.0.0.1 -> 10.0.0.240
      0.03 answer 02/10.0.0.240 -> 01/10.0.0.1
      0.3  ask 01/10.0.0.1 -> 10.0.0.240
      0.6  ask 01/10.0.0.1 -> 10.0.0.240
      0.64 answer 02/10.0.0.240 -> 01/10.0.0.1`)
    observer.push(framesToPcap(frames.slice(0, 2)))
    expect(observer.responders(VIP)).toEqual([macOf('02')])
    for (const { at, frame } of frames.slice(2)) observer.push(pcapRecord(at, frame))
    const [address] = observer.finish().addresses
    expect(address!.exchanges.map(({ answers }) => answers.map(({ afterMicros }) => afterMicros))).toEqual([
      [30_000],
      [],
      [40_000],
    ])
  })

  it.each([
    ['asked for', true],
    ['of others', false],
  ])('keeps three askers of three addresses %s apart, at once and in turn', (_, isAsked) => {
    const vips = [VIP, VIP + 1, VIP + 2]
    const observer = new Observer({ asked: isAsked ? vips : [], allAddresses: true })
    observer.push(
      traceToPcap(`
        0       ask 01/10.0.0.1 -> 10.0.0.240
        0.0001  ask 02/10.0.0.2 -> 10.0.0.241
        0.0002  ask 03/10.0.0.3 -> 10.0.0.242
        0.0011  answer 0b/10.0.0.241 -> 02/10.0.0.2
        0.0012  answer 0c/10.0.0.242 -> 03/10.0.0.3
        0.0013  answer 0a/10.0.0.240 -> 01/10.0.0.1
        3       ask 03/10.0.0.3 -> 10.0.0.242
        3.0001  ask 02/10.0.0.2 -> 10.0.0.241
        3.0002  ask 01/10.0.0.1 -> 10.0.0.240
        3.0011  answer 0b/10.0.0.241 -> 02/10.0.0.2
        3.0012  answer 0c/10.0.0.242 -> 03/10.0.0.3
        3.0013  answer 0a/10.0.0.240 -> 01/10.0.0.1`),
    )
    const of = observer.finish().addresses.filter(({ ip }) => vips.includes(Number(ip)))
    expect(of.map(({ asks }) => asks.broadcast)).toEqual(Array(3).fill({ sent: 2, answered: 2 }))
  })

  it('counts a unicast answer for the unicast, so that a host deaf to broadcasts shows', () => {
    const address = vip(`
      0.0    ask 01/10.0.0.1 -> 10.0.0.240
      0.3    ask 01/10.0.0.1 -> 10.0.0.240
      0.6    ask 01/10.0.0.1 -> 10.0.0.240 at 02
      0.65   answer 02/10.0.0.240 -> 01/10.0.0.1`)
    expect(address.asks).toEqual({
      broadcast: { sent: 2, answered: 0 },
      unicast: { sent: 1, answered: 1 },
      probe: { sent: 0, answered: 0 },
    })
    expect(address.claims[0]!.answered.unicast).toEqual({ asked: 1, answered: 1 })
  })

  it('counts a unicast request that nobody answered against the MAC it went to', () => {
    const address = vip(`
      0.0    ask 01/10.0.0.1 -> 10.0.0.240
      0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
      0.6    ask 01/10.0.0.1 -> 10.0.0.240 at 02
      0.7    ask 01/10.0.0.1 -> 10.0.0.240 at 09`)
    expect(address.claims.map(({ mac, answered }) => [mac, answered.unicast])).toEqual([
      [macOf('02'), { asked: 1, answered: 0 }],
    ])
  })

  it('takes a repeated answer of one MAC for no second responder', () => {
    const address = vip(`
      0      ask 01/10.0.0.1 -> 10.0.0.240
      0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 3 every 0.0001`)
    expect(address.contestedRounds).toBe(0)
    expect(address.claims[0]!.replies).toBe(3)
    expect(address.claims[0]!.answered.broadcast).toEqual({ asked: 1, answered: 1 })
  })

  it('does not blur two askers', () => {
    expect(
      answers(`
        0      ask 01/10.0.0.1 -> 10.0.0.240
        0.0001 ask 05/10.0.0.5 -> 10.0.0.240
        0.0004 answer 02/10.0.0.240 -> 05/10.0.0.5`),
    ).toEqual(['broadcast', 'broadcast 2+0.3'])
  })

  it('counts an answer after more than 2 s as a late one, of the newest request that nobody answered', () => {
    expect(
      answers(`
        1      ask 01/10.0.0.1 -> 10.0.0.240
        2      ask 01/10.0.0.1 -> 10.0.0.240
        2.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
        4.6    answer 02/10.0.0.240 -> 01/10.0.0.1
        9      ask 01/10.0.0.1 -> 10.0.0.240 repeat 2 every 1
        12.5   answer 02/10.0.0.240 -> 01/10.0.0.1`),
    ).toEqual(['broadcast 2+3600', 'broadcast 2+0.4', 'broadcast', 'broadcast 2+2500'])
  })

  it('gives no late answer to a request that somebody answered, or one of more than 10 s ago', () => {
    expect(
      answers(`
        1      ask 01/10.0.0.1 -> 10.0.0.240
        1.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
        4      answer 03/10.0.0.240 -> 01/10.0.0.1
        20     ask 01/10.0.0.1 -> 10.0.0.240
        30.1   answer 02/10.0.0.240 -> 01/10.0.0.1`),
    ).toEqual(['broadcast 2+0.4', 'broadcast'])
  })

  it('ignores gratuitous replies, and clocks that jump back', () => {
    expect(
      answers(`
        1      ask 01/10.0.0.1 -> 10.0.0.240
        1.1    garp-reply 02/10.0.0.240`),
    ).toEqual(['broadcast'])
    const { claims } = vip('1 answer 02/10.0.0.240 -> 01/10.0.0.1\n1.1 ask 01/10.0.0.1 -> 10.0.0.240')
    expect(claims[0]!.answered.broadcast).toEqual({ asked: 1, answered: 0 })
  })

  it('gives a prompt answer to a unicast request whose receiver a cooked header does not name', () => {
    const observer = new Observer({ asked: [VIP], allAddresses: false })
    observer.push(
      cooked(
        parseTrace(`
          0      ask 01/10.0.0.1 -> 10.0.0.240
          0.3    ask 01/10.0.0.1 -> 10.0.0.240 at 02
          0.3004 answer 02/10.0.0.240 -> 01/10.0.0.1
          9      ask 01/10.0.0.1 -> 10.0.0.240 at 02`),
      ),
    )
    const [address] = observer.finish().addresses
    expect(address!.exchanges.map(({ mode, askedMac, answers }) => [mode, askedMac, answers.length])).toEqual([
      ['broadcast', BROADCAST_MAC, 0],
      ['unicast', macOf('02'), 1],
      ['unicast', 0, 0],
    ])
  })
})
