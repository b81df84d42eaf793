import { describe, expect, it } from 'vitest'
import { known } from '../../src/known.js'
import { buildHost, type HostRecord } from '../../src/node/host.js'
import type { Host, SectionName } from '../../src/node/model.js'
import { withRoles } from '../../src/node/roles.js'
import { reportNode } from '../../src/report/nodes.js'
import { judge } from '../../src/rules/engine.js'
import { hostRules } from '../../src/rules/host-rules.js'
import { crowdedRecord } from './crowded-host.js'

/** A host chooses how many links, addresses, routes and rules it has: twice as many may cost twice the work, not four times. */
const SMALL = 150
const question = known({ vips: [0x0a000005], expectedMacs: [], own: { macs: [], ips: [] }, probed: false }, 'test')

describe('work on a crowded host grows with its size', () => {
  it.each(hostRules.filter(({ needs }) => needs.includes('hosts')).map((rule) => [rule.id, rule] as const))(
    '%s',
    (_, rule) => {
      const work = (size: number) =>
        looksDuring(size, (host) => judge([rule], { question, hosts: known([host], 'test') }))
      expect(work(2 * SMALL)).toBeLessThanOrEqual(2.5 * work(SMALL) + 100)
    },
  )

  it('the report on hosts', () => {
    const work = (size: number) => looksDuring(size, (host) => reportNode(host))
    expect(work(2 * SMALL)).toBeLessThanOrEqual(2.5 * work(SMALL) + 100)
  })

  it('the roles of links, with VLANs stacked on each other, the lowest last', () => {
    const work = (size: number) => {
      const { links, addresses } = buildHost(crowdedRecord(size)).sections
      if (!links.known || !addresses.known) throw new Error('the crowded host is not readable')
      const counter = { looks: 0 }
      withRoles(counted(links.value, counter), counted(addresses.value, counter))
      return counter.looks
    }
    expect(work(2 * SMALL)).toBeLessThanOrEqual(2.5 * work(SMALL) + 100)
  })
})

it('a rule that fires on every interface of a host is listed 200 times and the rest is counted, in the report of other hosts too', () => {
  const hosts = [buildHost(crowdedRecord(300, 'node-a')), buildHost(crowdedRecord(20, 'node-b'))]
  const { findings, unlisted } = judge(hostRules, { question, hosts: known(hosts, 'test') })
  const closed = findings.filter(({ rule }) => rule === 'sysctl/ip-forward-off')
  const ofA = closed.filter(({ data }) => data['node'] === 'node-a')
  expect(ofA).toHaveLength(200)
  expect(closed.length - ofA.length).toBeGreaterThan(20)
  const gap = unlisted.find(({ subject }) => subject === 'node-a: sysctl/ip-forward-off')
  expect(gap?.reason).toMatch(/^[1-9]\d* more findings of this rule are not listed$/)
  expect(unlisted.filter(({ subject }) => subject.startsWith('node-b'))).toEqual([])
})

/** How often an item of one of the host's lists is looked at. */
function looksDuring(size: number, work: (host: Host) => unknown): number {
  const counter = { looks: 0 }
  const host = buildHost(crowdedRecord(size) satisfies HostRecord)
  const sections = Object.entries(host.sections).map(([name, section]) => [
    name as SectionName,
    section.known && Array.isArray(section.value) ? known(counted(section.value, counter), section.from) : section,
  ])
  work({ ...host, sections: Object.fromEntries(sections) })
  return counter.looks
}

function counted<T extends object>(list: T, counter: { looks: number }): T {
  return new Proxy(list, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) counter.looks += 1
      return Reflect.get(target, key, receiver)
    },
  })
}
