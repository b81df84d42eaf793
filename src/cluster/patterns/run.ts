import { type Pattern, parsePattern } from './parse.js'

/** Whether a name matches somewhere, as Go's `MatchString`; null where the pattern is not understood. Time: text times pattern, never more. */
export function matchesPattern(pattern: string, text: string): boolean | null {
  const parsed = parsePattern(pattern)
  const program = parsed && compile(parsed)
  return program && run(program, text)
}

/** One step of the automaton; `to` are the steps that may come next. */
interface Step {
  readonly kind: 'char' | 'start' | 'end' | 'fork' | 'done'
  readonly has?: (code: number) => boolean
  readonly to: readonly number[]
}

/** Nested counts multiply; nobody names interfaces like that. */
const MOST_STEPS = 20_000

/** Thompson's construction, from the end to the beginning. */
function compile(pattern: Pattern): { steps: readonly Step[]; first: number } | null {
  const steps: Step[] = [{ kind: 'done', to: [] }]
  const add = (step: Step): number => {
    if (steps.length >= MOST_STEPS) throw new TooLarge()
    return steps.push(step) - 1
  }
  try {
    return { first: build(pattern, 0, add, steps), steps }
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

class TooLarge extends Error {}

/** The step to begin with so that `pattern` is followed by `next`. */
function build(pattern: Pattern, next: number, add: (step: Step) => number, steps: Step[]): number {
  switch (pattern.kind) {
    case 'char':
      return add({ kind: 'char', has: pattern.has, to: [next] })
    case 'start':
    case 'end':
      return add({ kind: pattern.kind, to: [next] })
    case 'empty':
      return next
    case 'sequence':
      return pattern.parts.reduceRight((after, part) => build(part, after, add, steps), next)
    case 'either':
      return add({ kind: 'fork', to: pattern.parts.map((part) => build(part, next, add, steps)) })
    case 'repeat':
      return buildRepeat(pattern, next, add, steps)
  }
}

function buildRepeat(
  { part, least, most }: Extract<Pattern, { kind: 'repeat' }>,
  next: number,
  add: (step: Step) => number,
  steps: Step[],
): number {
  let at = next
  if (most === null) {
    const loop = add({ kind: 'fork', to: [next] })
    steps[loop] = { kind: 'fork', to: [build(part, loop, add, steps), next] }
    at = loop
  } else {
    for (let count = least; count < most; count++) at = add({ kind: 'fork', to: [build(part, at, add, steps), next] })
  }
  for (let count = 0; count < least; count++) at = build(part, at, add, steps)
  return at
}

function run({ steps, first }: { steps: readonly Step[]; first: number }, text: string): boolean {
  let current = new Set<number>()
  for (let at = 0; at <= text.length; at++) {
    if (enter(first, { at, length: text.length }, steps, current)) return true
    if (at === text.length) break
    const next = new Set<number>()
    for (const index of current) {
      const step = steps[index]!
      if (step.kind !== 'char' || !step.has?.(text.charCodeAt(at))) continue
      if (enter(step.to[0]!, { at: at + 1, length: text.length }, steps, next)) return true
    }
    current = next
  }
  return false
}

/** Follows all steps that take no character; true: the end was reached. */
function enter(
  first: number,
  { at, length }: { at: number; length: number },
  steps: readonly Step[],
  into: Set<number>,
): boolean {
  const open = [first]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (into.has(index)) continue
    into.add(index)
    const { kind, to } = steps[index]!
    if (kind === 'done') return true
    if (kind === 'fork' || (kind === 'start' && at === 0) || (kind === 'end' && at === length)) open.push(...to)
  }
  return false
}
