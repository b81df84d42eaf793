import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import type { Hypothesis, SeenAddress } from './model.js'

/** The nodes that should answer for an address if nothing is wrong; null where an announcer cannot say. */
export function plainly({ answers }: SeenAddress): readonly string[] | null {
  return union(answers.map(({ answer }) => inCharge(answer)))
}

/** Whether what was seen of an address is what a hypothesis about one announcer makes of it. */
export function agrees(hypothesis: Hypothesis, announcer: string, address: SeenAddress): boolean {
  const under = union(
    address.answers.map((one) =>
      one.announcer === announcer ? answering(hypothesis, one.answer) : inCharge(one.answer),
    ),
  )
  if (under === null) return false
  if (same(under, address.seen)) return true
  const { kind, node } = hypothesis
  return kind === 'kept' && !under.includes(node) && same([...under, node].sort(), address.seen)
}

/** Null where nobody can say. */
function answering(hypothesis: Hypothesis, answer: VipAnswer): readonly string[] | null {
  const plain = inCharge(answer)
  switch (hypothesis.kind) {
    case 'alone':
      return alone(hypothesis.node, answer)
    case 'silent':
      return plain?.filter((node) => node !== hypothesis.node) ?? null
    case 'kept':
      return plain
  }
}

/** The node elects itself if it is a candidate; all others elect as if it were not there. */
function alone(node: string, answer: VipAnswer): readonly string[] | null {
  if (!answer.electAmong) return inCharge(answer)
  const sides = [answer.electAmong((one) => one === node), answer.electAmong((one) => one !== node)]
  return sides.filter((winner) => winner !== null)
}

/** The best source decides; an expired lease, or nothing at all, leaves it open unless nobody may answer. */
export function inCharge(answer: VipAnswer): readonly string[] | null {
  if (answer.lease?.expired) return null
  const [first] = answer.expected
  if (first) return [first.node]
  if (answer.undecided) return null
  return answer.electAmong ? [] : null
}

function union(sets: readonly (readonly string[] | null)[]): readonly string[] | null {
  if (sets.length === 0 || sets.includes(null)) return null
  return [...new Set(sets.flatMap((set) => set ?? []))].sort()
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((node, at) => node === b[at])
}
