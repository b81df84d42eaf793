import { expect, it } from 'vitest'
import { commandsFor } from '../../../src/rules/neighbour/maker-commands.js'

it('Junos shows its IPv6 neighbours all at once, and knows no argument for one', () => {
  expect(commandsFor('junos', '2001:db8::240', { interface: 'irb.10', vrf: null })).toEqual({
    show: 'show ipv6 neighbors | match 2001:db8::240',
    clear: 'clear ipv6 neighbors host 2001:db8::240',
  })
})

it.each([
  ['cisco-ios', 'show ip arp vrf blue 192.0.2.240', 'clear ip arp vrf blue 192.0.2.240'],
  ['cisco-nxos', 'show ip arp 192.0.2.240 vrf blue', 'clear ip arp 192.0.2.240 vrf blue'],
  ['cisco-xr', 'show arp vrf blue 192.0.2.240', null],
  ['arista-eos', 'show ip arp vrf blue 192.0.2.240', 'clear arp vrf blue 192.0.2.240'],
  ['junos', 'show arp vpn blue hostname 192.0.2.240', 'clear arp vpn blue hostname 192.0.2.240'],
  ['sonic', 'ip neigh show to 192.0.2.240 vrf blue', 'ip neigh del 192.0.2.240 dev Vlan10'],
] as const)('%s is asked about the entry in its routing table', (format, show, clear) => {
  expect(commandsFor(format, '192.0.2.240', { interface: 'Vlan10', vrf: 'blue' })).toEqual({ show, clear })
})

it('RouterOS removes the entry of one interface, where its name needs no quotes', () => {
  const clear = (name: string) => commandsFor('mikrotik', '192.0.2.240', { interface: name, vrf: null }).clear
  expect(clear('ether1')).toBe('/ip arp remove [find where address=192.0.2.240 and interface=ether1 and dynamic]')
  expect(clear('<pppoe-x>')).toBe('/ip arp remove [find where address=192.0.2.240 and dynamic]')
})
