import { expect, it } from 'vitest'
import { Addresses } from '../../src/redact/addresses.js'
import { underPseudonyms } from '../../src/redact/pseudonyms.js'
import { formatMac, parseMac } from '../../src/wire/mac.js'

const pseudonym = (mac: string) => formatMac(new Addresses(new Uint8Array(32)).mac(parseMac(mac)!))

it.each([
  ['of a solicited-node group', '33:33:ff:ab:cd:ef', /^33:33:ff:(?!ab:cd:ef)/],
  ['of a load balancer that answers by a group', '03:bf:c6:33:64:07', /^03:bf:(?!c6:33:64:07)/],
])('the MAC %s holds an address, which gets a pseudonym', (_, mac, other) => {
  expect(pseudonym(mac)).toMatch(other)
})

it.each(['33:33:00:00:00:01', '01:00:5e:00:00:12', 'ff:ff:ff:ff:ff:ff', '01:80:c2:00:00:0e'])(
  'the group %s names no machine, and stays',
  (mac) => expect(pseudonym(mac)).toBe(mac),
)

it.each(['10.255.77.2', '2001:db8::77:2'])('a tunnel end in the place of a port is an address: %s', (end) => {
  const addresses = new Addresses(new Uint8Array(32))
  const { written } = underPseudonyms(addresses, (to) => to.interface(end))
  expect(written).toBe(addresses.ip(end))
})
