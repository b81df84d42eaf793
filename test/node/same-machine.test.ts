import { describe, expect, it } from 'vitest'
import { oneEachMachine } from '../../src/node/same-machine.js'
import { loadHosts } from '../rules/hosts-fixture.js'

const machine = (name: string, mac: string, ...held: string[]) =>
  `- {name: ${name}, links: [{name: eth0, mac: '${mac}'}], addresses: [${held.map((one) => `eth0 ${one}`).join(', ')}]}\n`
const names = (text: string) => oneEachMachine(loadHosts(text)).map(({ name }) => name)

describe('oneEachMachine', () => {
  it('keeps the node name of a machine that was read by its address as well', () => {
    const text =
      machine('10.0.0.12', '02:00:00:00:00:12', '10.0.0.12/24') + machine('h2', '02:00:00:00:00:12', '10.0.0.12/24')
    expect(names(text)).toEqual(['h2'])
  })

  it('keeps two machines with one cloned MAC, and with one VIP', () => {
    const mac = '02:00:00:00:00:12'
    const text =
      machine('h1', mac, '10.0.0.11/24', '10.0.0.240/32') + machine('h2', mac, '10.0.0.12/24', '10.0.0.240/32')
    expect(names(text)).toEqual(['h1', 'h2'])
  })

  it('keeps hosts of which too little was read', () => {
    expect(names('- {name: a, unread: [links]}\n- {name: b, unread: [links]}\n')).toEqual(['a', 'b'])
  })
})
