import { expect, it } from 'vitest'
import { vendorNames } from '../../src/probe/vendors.js'
import { parseMac } from '../../src/wire/mac.js'

const mac = (text: string) => parseMac(text)!

it.each([
  ['52:54:00:12:34:56', 'QEMU/KVM'],
  ['bc:24:11:aa:bb:cc', 'Proxmox'],
  ['00:50:56:aa:bb:cc', 'VMware'],
  ['ee:ee:ee:ee:ee:ee', 'Calico'],
  ['0a:58:0a:80:00:01', 'OVN/CNI'],
  ['ac:1f:6b:00:00:01', 'Super Micro Computer'],
  ['02:00:00:00:00:01', null],
  ['ee:ee:ee:ee:ee:ef', null],
])('%s is %s', (text, name) => {
  expect(vendorNames()(mac(text))).toBe(name)
})

const registry = Buffer.from(
  JSON.stringify({
    A0000000F: 'Nine Digits, Inc.\nSomewhere',
    A00000: 'IEEE Registration Authority',
    A00001: 'Private',
    A00002: 'Quoted "Name" Co., Ltd.\nStreet',
  }),
)

it.each([
  ['a0:00:00:00:f0:01', 'Nine Digits'],
  ['a0:00:00:10:00:00', null],
  ['a0:00:01:00:00:00', null],
  ['a0:00:02:00:00:00', 'Quoted "Name"'],
  ['a0:00:03:00:00:00', null],
])('in a registry of blocks of three sizes %s is %s', (text, name) => {
  expect(vendorNames(() => registry)(mac(text))).toBe(name)
})

it('reads the registry once, and never for MACs that need none', () => {
  let reads = 0
  const vendor = vendorNames(() => {
    reads += 1
    return registry
  })
  vendor(mac('52:54:00:00:00:01'))
  vendor(mac('02:00:00:00:00:01'))
  expect(reads).toBe(0)
  vendor(mac('a0:00:02:00:00:01'))
  vendor(mac('a0:00:03:00:00:01'))
  expect(reads).toBe(1)
})

it('says of the thousandth MAC what it would have said of the first', () => {
  const vendor = vendorNames(() => registry)
  for (let block = 0; block < 1000; block++) vendor(0xa0_10_00_00_00_00 + block * 0x1000)
  expect(vendor(mac('a0:00:00:00:f0:01'))).toBe('Nine Digits')
  expect(vendor(mac('a0:00:02:00:00:00'))).toBe('Quoted "Name"')
  expect(vendor(mac('a0:00:03:00:00:00'))).toBe(null)
})
