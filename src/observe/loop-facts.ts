import { ETHERNET } from '../wire/ethernet.js'
import * as FLOW_KEY from './columns/flow-key.js'
import * as LOOP from './columns/loop.js'
import * as REGION from './columns/region.js'
import * as TOTAL from './columns/total.js'
import type { Core } from './core.js'
import type { LoopFacts } from './model.js'
import type { VlanStacks } from './vlan-stacks.js'

/** Broadcast frames that came more than LOOP.copiesPerSecond times in one second, the most frequent first. */
export function loopFacts(core: Core, stacks: VlanStacks): readonly LoopFacts[] {
  const loops = Array.from({ length: core.total(TOTAL.loops) }, (_, number) => loopOf(core, stacks, number))
  return loops.sort((one, other) => other.copies - one.copies)
}

function loopOf(core: Core, stacks: VlanStacks, number: number): LoopFacts {
  const row = REGION.loopsAt / 4 + number * LOOP.width
  const key = 4 * row
  const { ints, doubles, bytes } = core
  const [stack, word] = [ints[row + FLOW_KEY.stack]!, bytes.getUint32(key + FLOW_KEY.tpa)]
  return {
    sender: bytes.getUint16(key + ETHERNET.src) * 2 ** 32 + bytes.getUint32(key + ETHERNET.src + 2),
    target: stack & FLOW_KEY.six ? core.ip6(word) : word,
    vlans: stacks.list[stack & ~FLOW_KEY.six] ?? [],
    copies: ints[row + LOOP.copies]!,
    peakPerSecond: ints[row + LOOP.peakPerSecond]!,
    firstAt: doubles[(row + LOOP.firstAt) / 2]!,
    lastAt: doubles[(row + LOOP.lastAt) / 2]!,
    firstFrame: ints[row + LOOP.firstFrame]!,
  }
}
