import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'
import { cutMemberlist, hears, serveMemberlist } from './memberlist.js'

const NODES = ['node-a', 'node-b', 'node-c']
const PAIRS = NODES.flatMap((from) => NODES.filter((to) => to !== from).map((to) => [from, to] as const))

describeLab('memberlist of the lab', () => {
  let segment: Segment
  beforeAll(async () => {
    segment = await buildSegment({ hosts: NODES.map((name) => ({ name })) })
    await serveMemberlist(segment, NODES)
  })
  afterAll(() => segment.remove())

  const whoHears = () => Promise.all(PAIRS.map(async ([from, to]) => [from, to, await hears(segment, from, to)]))

  it('passes between all nodes, and after the block not to and not from the one that is cut off', async () => {
    expect(await whoHears()).toEqual(PAIRS.map(([from, to]) => [from, to, 'tcp=1 udp=1']))
    await cutMemberlist(segment, 'node-a')
    const isCut = (from: string, to: string) => from === 'node-a' || to === 'node-a'
    expect(await whoHears()).toEqual(
      PAIRS.map(([from, to]) => [from, to, isCut(from, to) ? 'tcp=0 udp=0' : 'tcp=1 udp=1']),
    )
  })
})
