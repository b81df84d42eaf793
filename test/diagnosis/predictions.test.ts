import { describe, expect, it } from 'vitest'
import { parseChange } from '../../src/answering/change/parse.js'
import { wireInterfaces } from '../../src/answering/interfaces.js'
import type { Announcement } from '../../src/answering/model.js'
import type { TrialFacts } from '../../src/diagnosis/known.js'
import { Trials } from '../../src/diagnosis/trial.js'
import type { Host } from '../../src/node/model.js'
import { renderHostFix } from '../../src/rules/changes/host-fix.js'
import { ip, MAC0, sampleHost } from '../answering/sample.js'

const VIP = '10.0.255.240'

/** A host of so many NICs in one network, and its fixes: one for each NIC. */
function manyNics(count: number) {
  const names = Array.from({ length: count }, (_, at) => `eth${at}`)
  const host: Host = {
    ...sampleHost({
      links: names.map((name, at) => ({ name, mac: MAC0 + at })),
      addresses: [...names.map((name, at) => `10.0.${at >> 8}.${(at & 255) + 1}/16 ${name}`), `${VIP}/32 eth0`],
    }),
    name: 'node-a',
    address: 'node-a',
  }
  const fixes = names.map((name) =>
    renderHostFix(
      { summary: name, node: host.name, changes: [parseChange(`net.ipv4.conf.${name}.arp_ignore=1`)!] },
      host,
    ),
  )
  return { host, fixes }
}

/** How much was asked to try them all. */
function triedAll(count: number) {
  const { host, fixes } = manyNics(count)
  const asked = { predictions: 0, rightful: 0, reached: 0 }
  // each prediction goes through the announcements once
  const announcements: readonly Announcement[] = new Proxy([], {
    get: (list, key) => {
      if (key === 'filter') asked.predictions += 1
      return Reflect.get(list, key)
    },
  })
  const facts: TrialFacts = {
    hosts: new Map([[host.name, host]]),
    vips: [ip(VIP)],
    others: [],
    asking: { askerFor: () => ip('10.0.255.99'), announcements },
    rightful: () => {
      asked.rightful += 1
      return null
    },
    seen: () => new Set(),
    strangers: () => false,
    nodeAddresses: () => [],
    reached: (one) => {
      asked.reached += 1
      return wireInterfaces(one).map((on) => ({ on, vlan: null }))
    },
  }
  const trials = new Trials(facts)
  return { outcomes: fixes.map((fix) => trials.try(fix)), asked }
}

describe('the fixes of a host with many interfaces', () => {
  it('cost one prediction for each interface and each own address, and what holds before is predicted once', () => {
    const count = 40
    const { asked, outcomes } = triedAll(count)
    expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'passed'))
    expect(asked).toMatchObject({ rightful: 1, reached: 1 })
    expect(asked.predictions).toBeLessThanOrEqual((count + 1) * 2 * count)
  })

  it('are tried as far as a bounded number of predictions goes; the others say so', () => {
    const { asked, outcomes } = triedAll(450)
    expect(asked.predictions).toBeLessThan(100_000)
    expect(outcomes[0]!.kind).toBe('passed')
    expect(outcomes.at(-1)).toEqual({
      kind: 'untried',
      because: 'node-a has so much on it that only the first fixes were tried',
    })
  })
})
