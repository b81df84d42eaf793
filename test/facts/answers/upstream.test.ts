import { expect, it } from 'vitest'
import { tabling } from '../../../src/facts/answers/table.js'
import { readNeighbourTable } from '../../../src/neighbours/read-table.js'
import { Observer } from '../../../src/observe/observer.js'
import { atOnce } from '../../../src/steps.js'
import { parseIpv4 } from '../../../src/wire/ipv4.js'
import { traceToPcap } from '../../trace.js'

const VIP = parseIpv4('10.0.0.240')!

/** What the entries of a table say beside a look of 20 s. */
function says(trace: string, printed: string) {
  return upstream(trace, printed).map((one) => [one.says, one.outlastsLook])
}

function upstream(trace: string, printed: string) {
  const observer = new Observer({ asked: [VIP], allAddresses: false })
  observer.push(traceToPcap(trace))
  const question = { vips: [VIP], expectedMacs: [], own: { macs: [], ips: [] }, probed: true }
  const neighbours = [readNeighbourTable(printed, 'edge-1')]
  const [table] = atOnce(tabling({ question, wire: observer.finish(), neighbours })).tables
  return table!.upstream
}

const STAYS = `0.0 ask 01/10.0.0.100 -> 10.0.0.240 repeat 21 every 1
0.0003 answer 11/10.0.0.240 -> 01/10.0.0.100 repeat 21 every 1`
const MOVES = `0.0 ask 01/10.0.0.100 -> 10.0.0.240 repeat 21 every 1
0.0003 answer 11/10.0.0.240 -> 01/10.0.0.100 repeat 11 every 1
10.5 garp 12/10.0.0.240
11.0003 answer 12/10.0.0.240 -> 01/10.0.0.100 repeat 10 every 1`
const line = (mac: string, used = '') => `10.0.0.240 dev eth1 lladdr 02:00:00:00:00:${mac} ${used} STALE`

it('an entry agrees that leads to the machine which answers', () => {
  expect(says(STAYS, line('11'))).toEqual([['agrees', false]])
  expect(says(MOVES, line('12'))).toEqual([['agrees', false]])
})

it.each([
  ['Linux', line('12').replace('STALE', 'REACHABLE'), 'elsewhere'],
  [
    'RouterOS',
    '#    ADDRESS     MAC-ADDRESS        INTERFACE  STATUS\n0 DC 10.0.0.240  02:00:00:00:00:12  bridge1    reachable',
    'elsewhere',
  ],
])('an entry of %s that is reachable was confirmed less than a minute ago', (_, printed, verdict) => {
  const long = STAYS.replaceAll('repeat 21 every 1', 'repeat 21 every 4')
  expect(says(long, printed).map(([one]) => one)).toEqual([verdict])
})

it('of the machine that the address left during the look, the table may be older or not', () => {
  expect(says(MOVES, line('11'))).toEqual([['unjudged', false]])
})

it('outlasts the look by the time since the entry changed, not by one that the kernel counts from before it was made', () => {
  expect(says(STAYS, line('12', 'used 1/61/1'))).toEqual([['stale', false]])
  expect(says(STAYS, line('12', 'used 1/19/300'))).toEqual([['elsewhere', false]])
  expect(says(STAYS, line('12', 'used 300/361/300'))).toEqual([['stale', true]])
})

it('may be of another segment where the table has the address on several interfaces, or is of several routing tables', () => {
  const several = (printed: string) => upstream(STAYS, printed).map(({ mayBeOfAnother }) => mayBeOfAnother)
  expect(several(`${line('12')}\n${line('13').replace('eth1', 'eth2')}`)).toEqual([true, true])
  expect(several(`${line('12')}\n10.0.0.240 dev eth2 FAILED`)).toEqual([false, false])
  const heading = 'Address         Age (sec)  Hardware Addr   Interface'
  const row = '10.0.0.240       0:44:17  0200.0000.0012  Ethernet1'
  expect(several(`VRF: red\n${heading}\n${row}\nVRF: blue\n${heading}\n${row}`)).toEqual([true, true])
  const another = row.replace('0.240 ', '0.1   ')
  expect(several(`VRF: red\n${heading}\n${row}\nVRF: default\n${heading}\n${another}`)).toEqual([true])
  expect(several(`VRF: default\n${heading}\n${row}\nVRF: red\n${heading}\n${another}`)).toEqual([false])
  expect(several(`VRF: red\n${heading}\n${row}\n${another}`)).toEqual([false])
})
