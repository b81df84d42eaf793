import { expect, it } from 'vitest'
import { known } from '../../../src/known.js'
import { observe } from '../../../src/observe/observer.js'
import { parseIp } from '../../../src/wire/ip.js'
import { answeredAt } from '../../../src/workflows/watch/answered-at.js'
import { traceToPcap } from '../../trace.js'

const [VIP, SILENT] = ['10.0.0.240', '10.0.0.241']

it('an address was answered for by answers to requests, on any VLAN, and not by announcements', async () => {
  const trace = `
    1 ask 01/10.0.0.1 -> ${VIP}
    1.001 answer 02/${VIP} -> 01/10.0.0.1
    2 ask 01/10.0.0.1 -> ${VIP} vlan 7
    2.001 answer 02/${VIP} -> 01/10.0.0.1 vlan 7
    3 ask 01/10.0.0.1 -> ${VIP}
    5 garp 02/${VIP}
    5 garp 02/${SILENT}`
  const bytes = async function* () {
    yield traceToPcap(trace)
  }
  const wire = await observe(bytes(), { asked: [VIP, SILENT].map((ip) => parseIp(ip)!), allAddresses: false })
  expect([...answeredAt(known(wire, 'trace'))]).toEqual([[VIP, '2026-01-01T00:00:02.001000Z']])
})
