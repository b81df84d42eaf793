import { expect, it } from 'vitest'
import { commandsFor } from '../../../src/rules/neighbour/maker-commands.js'

it('Junos shows its IPv6 neighbours all at once, and knows no argument for one', () => {
  expect(commandsFor('junos', '2001:db8::240', { interface: 'irb.10' })).toEqual({
    show: 'show ipv6 neighbors | match 2001:db8::240',
    clear: 'clear ipv6 neighbors host 2001:db8::240',
  })
})
