import { expect, it } from 'vitest'
import { reachedInterfaces } from '../../../src/facts/answers/reached.js'
import { known } from '../../../src/known.js'
import type { Host } from '../../../src/node/model.js'
import { ip, MAC0, sampleHost } from '../../answering/sample.js'

/** NICs in one network, and how often something asks one of them for its name. */
function counted(count: number): { host: Host; reads: () => number } {
  let reads = 0
  const names = Array.from({ length: count }, (_, at) => `eth${at}`)
  const host = sampleHost({
    links: names.map((name, at) => ({ name, mac: MAC0 + at })),
    addresses: names.map((name, at) => `10.0.${at >> 8}.${at & 255}/16 ${name}`),
  })
  const links = host.sections.links.known ? host.sections.links.value : []
  const nameOf = (name: string) => () => {
    reads += 1
    return name
  }
  const watched = links.map((link) =>
    Object.defineProperty({ ...link }, 'name', { enumerable: true, get: nameOf(link.name) }),
  )
  return { host: { ...host, sections: { ...host.sections, links: known(watched, 'test') } }, reads: () => reads }
}

it('where a frame reaches a host is found in steps that grow with its interfaces, and no faster', () => {
  const steps = [100, 400].map((count) => {
    const { host, reads } = counted(count)
    const segment = { macs: new Set([MAC0]), ips: [ip('10.0.255.1')], vlans: [] }
    expect(reachedInterfaces(host, segment)).toHaveLength(count)
    return reads()
  })
  expect(steps[1]! / steps[0]!).toBeLessThan(5)
})

it('an interface whose MAC spoke is left out where one in the subnet has the same MAC', () => {
  const host = sampleHost({
    links: [
      { name: 'eth0' },
      { name: 'eth0.7', kind: 'vlan', parent: 'eth0', vlanId: 7, mac: MAC0 },
      { name: 'eth1', mac: MAC0 + 1 },
    ],
    addresses: ['10.0.0.1/24 eth0.7', '10.1.0.1/24 eth0', '10.2.0.1/24 eth1'],
  })
  const on = (...macs: number[]) =>
    reachedInterfaces(host, { macs: new Set(macs), ips: [ip('10.0.0.9')], vlans: [] }).map((one) => one.on)
  expect(on(MAC0)).toEqual(['eth0.7'])
  expect(on(MAC0, MAC0 + 1)).toEqual(['eth0.7', 'eth1'])
})
