import type { MasterChange, VirtualRouter } from '../../observe/vrrp/model.js'

/** A failover, and back: twice of it is a habit. */
const FEWEST_CHANGES = 4
/** Changes that lie further apart, on average, are failovers of their own. */
const LONGEST_PERIOD = 600e6

/** Mastership that goes back and forth. */
export interface Cycles {
  readonly changes: readonly MasterChange[]
  readonly count: number
  /** Seconds from one takeover to the next by the same machine, on average. */
  readonly periodSeconds: number
  /** The machine that takes over from a master of lower priority, again and again; null: none does. */
  readonly preempts: string | null
}

/** Null where no machine came back twice, or only over hours. */
export function cyclesOf({ changes, changeCount }: VirtualRouter): Cycles | null {
  const [first, last] = [changes[0], changes.at(-1)]
  if (!first || !last || changes.length < FEWEST_CHANGES) return null
  const returns = changes.filter(({ to }, at) => changes.slice(0, at).some((before) => before.to === to)).length
  const period = (2 * (last.at - first.at)) / (changes.length - 1)
  if (returns < 2 || period > LONGEST_PERIOD) return null
  return {
    changes,
    count: changeCount,
    periodSeconds: Math.round(period / 1e5) / 10,
    preempts: preemptingOf(changes),
  }
}

/** It took over twice or more while another one of lower priority advertised, and gave up each time by itself. */
function preemptingOf(changes: readonly MasterChange[]): string | null {
  const machines = [...new Set(changes.map(({ to }) => to))]
  const loops = (ip: string) =>
    changes.filter((change) => change.to === ip && isPreemption(change)).length >= 2 &&
    changes.filter((change) => change.from === ip && endingOf(change, changes) !== 'overtaken').length >= 2
  return machines.find(loops) ?? null
}

function isPreemption({ how, fromPriority, toPriority }: MasterChange): boolean {
  return how === 'preempted' && toPriority > fromPriority
}

type Ending = 'resigned' | 'silent' | 'lowered' | 'overtaken'

/** How a master ended: one that lost with a lower priority than it took over with lowered it itself. */
function endingOf({ how, from, fromPriority }: MasterChange, changes: readonly MasterChange[]): Ending {
  if (how !== 'preempted') return how
  const highest = Math.max(...changes.filter(({ to }) => to === from).map(({ toPriority }) => toPriority))
  return fromPriority < highest ? 'lowered' : 'overtaken'
}

const WORDS: Record<Ending, string> = {
  resigned: 'resigned',
  silent: 'fell silent',
  lowered: 'lowered its priority',
  overtaken: 'was overtaken',
}

/** How the machines, or one of them, ceased to be master: `resigned 3 times`, … */
export function endings(changes: readonly MasterChange[], from?: string): string[] {
  const ended = changes
    .filter((change) => from === undefined || change.from === from)
    .map((change) => endingOf(change, changes))
  return (Object.keys(WORDS) as Ending[]).flatMap((how) => {
    const count = ended.filter((one) => one === how).length
    return count === 0 ? [] : [`${WORDS[how]} ${count === 1 ? 'once' : `${count} times`}`]
  })
}
