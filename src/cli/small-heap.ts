import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Young objects take 1 MB and no more; all is collected in one piece, by one thread, as others have memory of their own, and moved
 * together. A function is optimised after 30 times as much work in it as otherwise: for what runs once a minute that costs more than
 * it brings.
 */
const FLAGS = [
  '--semi-space-growth-factor=1',
  '--no-parallel-scavenge',
  '--no-parallel-compaction',
  '--no-concurrent-marking',
  '--no-concurrent-sweeping',
  '--no-incremental-marking',
  '--compact-on-every-full-gc',
  ...optimisingLate(Number.parseInt(process.versions.v8, 10)),
]

/** V8 counts what is run of a function, of 11 in bytes of it, and since then in calls. */
function optimisingLate(v8: number): readonly string[] {
  return v8 < 12
    ? ['--interrupt-budget=2000000']
    : ['--invocation-count-for-maglev=12000', '--invocation-count-for-turbofan=90000']
}

/** From one collection to the next, ms. */
const APART_MS = 30_000

/**
 * For a run that lasts and does much at once from time to time. To be called once all is loaded: with other flags V8 takes no code of
 * bin/precompile.mjs. Answers that work, after which V8 collects what is left of it, before the heap grows by it.
 */
export function keepHeapSmall<Of extends readonly unknown[]>(work: (...of: Of) => void): (...of: Of) => void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect() // what is collected in steps by now does not outlive a change of how it is done
  for (const flag of FLAGS) setFlagsFromString(flag)
  let last = Number.NEGATIVE_INFINITY
  return (...of) => {
    work(...of)
    if (performance.now() - last < APART_MS) return
    last = performance.now()
    setImmediate(collect)
  }
}
