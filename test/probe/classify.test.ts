import { describe, expect, it } from 'vitest'
import type { ClaimFacts } from '../../src/observe/model.js'
import { classifyResponder } from '../../src/probe/classify.js'

type Count = readonly [answered: number, asked: number]

/** A claim whose MAC answered so many of so many requests; latency in milliseconds. */
function claim(broadcast: Count, unicast: Count, probe: Count, medianMs: number | null = 0.1): ClaimFacts {
  const tally = ([answered, asked]: Count) => ({ answered, asked })
  const micros = medianMs === null ? null : medianMs * 1000
  return {
    mac: 0x020000000011,
    requests: 0,
    replies: broadcast[0] + unicast[0] + probe[0],
    gratuitous: 0,
    firstAt: 0,
    lastAt: 1,
    firstFrame: 1,
    lastFrame: 2,
    answered: { broadcast: tally(broadcast), unicast: tally(unicast), probe: tally(probe) },
    latency: micros === null ? null : { minMicros: micros, medianMicros: micros, maxMicros: micros },
    firstAnswers: 0,
    otherEthSources: [],
    lastGratuitousAt: null,
  }
}

describe('classifyResponder', () => {
  it.each([
    ['an owner that answers everything', claim([5, 5], [1, 1], [1, 1]), 'owner'],
    ['an owner that missed most', claim([1, 5], [0, 1], [1, 4]), 'owner'],
    ['an owner behind Wi-Fi power saving, late but true', claim([5, 5], [1, 1], [1, 1], 120), 'owner'],
    ['an owner that no broadcast reaches, proven by a probe of its own', claim([0, 5], [1, 1], [2, 6], null), 'owner'],
    ['a proxy, late and silent to probes', claim([5, 5], [1, 1], [0, 6], 400), 'proxy-arp'],
    ['a proxy in a capture with a single probe', claim([3, 3], [1, 1], [0, 1], 400), 'proxy-arp'],
    ['a proxy with proxy_delay 0', claim([5, 5], [1, 1], [0, 6]), 'proxy-arp'],
    ['a prompt host whose single probe may have been lost', claim([3, 3], [1, 1], [0, 1]), 'unknown'],
    ['an intermittent host that missed all probes', claim([2, 5], [0, 1], [0, 6]), 'unknown'],
    ['a host that was never probed', claim([5, 5], [1, 1], [0, 0], 400), 'unknown'],
    ['a host that only announces', claim([0, 5], [0, 1], [0, 6], null), 'unknown'],
  ])('%s', (_, given, expected) => {
    expect(classifyResponder(given)).toBe(expected)
  })
})
