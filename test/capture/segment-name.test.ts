import { expect, it } from 'vitest'
import { segmentName } from '../../src/capture/segment-name.js'
import { parseIp } from '../../src/wire/ip.js'

const own = (...texts: readonly string[]) =>
  texts.map((text) => {
    const [ip = '', prefix] = text.split('/')
    return { ip: parseIp(ip)!, prefix: Number(prefix), secondary: false }
  })

it.each([
  [['10.77.0.11/24'], '10-77-0-0-24'],
  [['10.77.0.240/32', '2001:db8:77::11/64', '10.77.0.12/24'], '10-77-0-0-24'],
  [['10.77.0.240/32', '2001:db8:77::240/128', 'fe80::1/64', '2001:db8:77::11/64'], '2001-db8-77-64'],
  [['10.77.0.240/32', 'fe80::1/64'], 'if-br-0-100'],
  [[], 'if-br-0-100'],
] as const)('%j is on segment %s', (addresses, name) => {
  expect(segmentName({ name: 'br_0.100', addresses: own(...addresses) })).toBe(name)
})
