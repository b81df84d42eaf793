import { expect, it } from 'vitest'
import type { AgentState } from '../../../src/cluster/agent-state.js'
import { agentSays } from '../../../src/rules/announcer/agent-says.js'

const state = (from: string, ip: string | null, sent: number | null = null, tellsIpv6 = true): AgentState => ({
  announcer: 'cilium',
  node: 'node-a',
  from,
  addresses: ip === null ? [] : [{ ip, received: null, sent }],
  tellsIpv6,
  staleConfiguration: null,
})
const says = (ip: string, ...agents: readonly AgentState[]) =>
  agentSays(agents, { announcer: 'cilium', node: 'node-a', ip })

it('a map of IPv4 says nothing of an IPv6 address', () => {
  const map = state('map.txt', '10.77.0.240', 3, false)
  expect(says('2001:db8::240', map)).toBeNull()
  expect(says('10.77.0.241', map)).toMatchObject({ says: 'empty' })
  expect(says('2001:db8::240', map, state('table.txt', '2001:db8::240'))).toMatchObject({ says: 'announces' })
})

it('all that an agent printed counts: the table and the map of one node', () => {
  const [table, map] = [state('table.txt', '10.77.0.240'), state('map.txt', '10.77.0.240', 3)]
  expect(says('10.77.0.240', table, map)).toMatchObject({ says: 'answered', sent: 3, from: 'table.txt, map.txt' })
  expect(says('10.77.0.240', map, map)).toMatchObject({ sent: 3 })
  expect(says('10.77.0.240', state('before.txt', null), table)).toMatchObject({ says: 'announces', from: 'table.txt' })
})
