import * as REGION from './columns/region.js'

/** Numbers VLAN stacks; 0 is the untagged one. */
export class VlanStacks {
  readonly list: (readonly number[])[] = [[]]
  private readonly numbers = new Map<number, number>()
  private lastKey = 0
  private last = 0

  /** The number of a stack of `count` VLAN ids, outermost first; -1 beyond the limit. */
  number(vlans: Uint16Array, count: number): number {
    if (count === 0) return 0
    let key = 0
    for (let depth = 0; depth < count; depth++) key = key * 4096 + vlans[depth]!
    if (key === this.lastKey) return this.last
    const stack = this.numbers.get(key) ?? this.add(key, [...vlans.subarray(0, count)])
    this.lastKey = key
    this.last = stack
    return stack
  }

  private add(key: number, vlans: readonly number[]): number {
    if (this.list.length === REGION.maxStacks) return -1
    this.numbers.set(key, this.list.length)
    return this.list.push(vlans) - 1
  }
}
