import { describe, expect, it } from 'vitest'
import { VOCABULARY } from '../../src/cluster/vocabulary.js'
import { Addresses } from '../../src/redact/addresses.js'
import { type Pseudonyms, underPseudonyms } from '../../src/redact/pseudonyms.js'

/** A name alone, and the same as a word of a text. */
function written(name: string): string[] {
  const key = new Uint8Array(32)
  const alone = underPseudonyms(new Addresses(key), (to) => to.name('name', name), VOCABULARY)
  const inText = underPseudonyms(new Addresses(key), (to) => to.text(`address ${name} failed`), VOCABULARY)
  return [alone.written, inText.written]
}

it.each([
  'ip-10-0-0-240',
  'pool-10-0-0-0-24',
  'address-pool-192-168-1-0',
  'lb-192-168-1',
  'vip-10.0.0.240',
  'pool-10_0_0_0',
  'lb-02-00-00-00-00-13',
  'kubevip-10-0-0-240',
  'kubevip-ip-10-0-0-240',
])('an address stays in no name: %s', (name) => {
  const figures = name.replace(/^\D+/, '')
  for (const text of written(name)) expect(text).not.toContain(figures)
})

it.each(['k3s-1.28.4', 'v0.14.5', '6.1.0-18-amd64', 'port-8080', 'vlan-100', 'plndr-svcs-lock'])(
  'a version or a port stays: %s',
  (name) => {
    expect(written(name)).toEqual([name, `address ${name} failed`])
  },
)

describe('two figures in a name', () => {
  const beside = (address: string, name: string) => {
    const key = new Uint8Array(32)
    const write = (to: Pseudonyms) => [to.name('name', name), to.text(`pool ${name} failed`), to.text(address)] as const
    return underPseudonyms(new Addresses(key), write, VOCABULARY).written
  }

  it.each([
    ['172.16.4.9', 'ip-172-16'],
    ['10.77.0.240', 'node-10-77'],
    ['10.77.0.0/16', 'pool_10_77'],
    ['10.77.0.240', 'kubevip-lb-10-77'],
    ['10.77.0.240', 'pool-1-10-77-vip'],
  ])('go where an address begins with them: %s and %s', (address, name) => {
    const [alone, inText] = beside(address, name)
    for (const text of [alone, inText]) expect(text).not.toMatch(/172.16|10.77/)
    expect(inText).toBe(`pool ${alone} failed`)
  })

  it.each([
    ['10.77.0.240', 'node-1-2'],
    ['10.77.0.240', 'node-77-0'],
    ['10.77.0.240', 'pool-110-77'],
    ['10.77.0.240', 'pool-10-770'],
    ['127.0.0.1', 'pool-127-0'],
    ['fd00:10:77::1', 'pool-10-77'],
  ])('stay where none does: %s and %s', (address, name) => {
    expect(beside(address, name).slice(0, 2)).toEqual([name, `pool ${name} failed`])
  })

  it('stay where there are figures alone, as of ports', () => {
    const write = (to: Pseudonyms) => [to.text('10.77.0.240'), to.text('tcp 10-77 accept')]
    const { written: texts } = underPseudonyms(new Addresses(new Uint8Array(32)), write, VOCABULARY)
    expect(texts[1]).toBe('tcp 10-77 accept')
  })
})

it('the name of l2doctor stays', () => {
  const write = (to: Pseudonyms) => [
    to.version('l2doctor 0.1.0'),
    to.text('l2doctor is up'),
    to.name('name', 'l2doctor'),
  ]
  const { written: texts } = underPseudonyms(new Addresses(new Uint8Array(32)), write, VOCABULARY)
  expect(texts).toEqual(['l2doctor 0.1.0', 'l2doctor is up', 'l2doctor'])
})

it('of a name that an announcer made of an address only what it put before it stays', () => {
  const { written: names } = underPseudonyms(
    new Addresses(new Uint8Array(32)),
    (to) => to.name('name', 'kubevip-lb-10-0-0-240'),
    VOCABULARY,
  )
  expect(names).toBe('kubevip-lb-x-x-x-x')
})
