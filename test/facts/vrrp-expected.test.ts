import { describe, expect, it } from 'vitest'
import { attribute } from '../../src/facts/attribution.js'
import { expectedByVrrp } from '../../src/facts/vrrp-expected.js'
import { Observer } from '../../src/observe/observer.js'
import { loadHosts } from '../rules/hosts-fixture.js'
import { traceToPcap } from '../trace.js'

const HOSTS = loadHosts(`
- {name: lb-a, links: [{name: eth0, mac: '02:00:00:00:00:11'}], addresses: [eth0 10.0.0.11/24, eth0 10.0.0.240/32]}
- {name: lb-b, links: [{name: eth0, mac: '02:00:00:00:00:12'}], addresses: [eth0 10.0.0.12/24]}
`)
const A = 'advert 11/10.0.0.11 vrid 51 prio 150 for 10.0.0.240,10.0.0.241'
const B = 'advert 12/10.0.0.12 vrid 51 prio 100 for 10.0.0.240,10.0.0.241'

function expected(trace: string, hosts = HOSTS, owners = attribute([])) {
  const observer = new Observer({ asked: [], allAddresses: false })
  observer.push(traceToPcap(trace))
  const answers = expectedByVrrp(observer.finish(), hosts, owners)
  return Object.fromEntries([...answers].map(([ip, { nodes }]) => [ip, nodes.map(({ node }) => node).join()]))
}

describe('who should answer by VRRP', () => {
  const both = { '10.0.0.240': 'lb-a', '10.0.0.241': 'lb-a' }

  it('is the only machine that advertises, by its address or by its card', () => {
    expect(expected(`0 ${A} repeat 5 every 1`)).toEqual(both)
    expect(expected(`0 ${A.replace('10.0.0.11 ', '10.9.9.9 ')} repeat 5 every 1`, [])).toEqual({})
    const owners = attribute([{ mac: 0x020000000011, node: 'lb-a', interface: null, via: 'operator' }])
    expect(expected(`0 ${A} repeat 5 every 1`, [], owners)).toEqual(both)
    expect(expected(`0 ${A.replace('11/', '00:00:5e:00:01:33/')} repeat 5 every 1`)).toEqual(both)
  })

  it('is nobody where keepalived of another host holds the address too, and somebody where it was left there', () => {
    const instances =
      '[{name: VI_1, interface: eth0, vrid: 51, family: 4, version: 2, advertMs: 1000, authentication: PASS, unicastPeers: [], addresses: [{ip: 10.0.0.240, prefix: null, device: null}]}]'
    const hosts = (running: boolean, held: string) =>
      loadHosts(`
- {name: lb-a, links: [{name: eth0, mac: '02:00:00:00:00:11'}], addresses: [eth0 10.0.0.11/24, eth0 10.0.0.240/32]}
- {name: lb-b, addresses: [eth0 10.0.0.12/24, eth0 ${held}/32], keepalived: {running: ${running}, filters: [], instances: ${instances}}}
`)
    const trace = `0 ${A} repeat 5 every 1`
    expect(expected(trace, hosts(true, '10.0.0.240'))).toEqual({ '10.0.0.241': 'lb-a' })
    expect(expected(trace, hosts(false, '10.0.0.240'))).toEqual(both)
    expect(expected(trace, hosts(true, '10.0.0.241'))).toEqual(both)
  })

  it.each([
    ['a master that resigned', `0 ${A}\n1 ${A.replace('prio 150', 'prio 0')}`],
    ['two masters', `0 ${A} repeat 9 every 1\n0.3 ${B} repeat 9 every 1`],
    ['a failover', `0 ${A} repeat 3 every 1\n9 ${B} repeat 3 every 1`],
    ['a machine that nobody knows', '0 advert 13/10.0.0.13 vrid 51 prio 150 for 10.0.0.240 repeat 5 every 1'],
    ['one address in two virtual routers', `0 ${A}\n0.1 ${B.replace('vrid 51', 'vrid 52')}`],
    ['CARP', '0 carp 11/10.0.0.11 vrid 5 prio 255'],
  ])('is nobody for %s', (_, trace) => expect(expected(trace)).toEqual({}))
})
