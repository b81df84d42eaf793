import type { MasterChange } from '../../observe/vrrp/model.js'
import type { Evidence } from '../define.js'
import { frameEvidence } from '../wire/evidence.js'

const HOW = {
  resigned: 'which had resigned',
  silent: 'which had been silent for more than three intervals',
  preempted: 'which still advertised',
} as const

/** A change of master, as its frame shows it. */
export function changeEvidence({ at, frame, from, to, how, fromPriority, toPriority }: MasterChange): Evidence {
  const before = how === 'resigned' ? '' : ` (priority ${fromPriority})`
  return frameEvidence(frame, at, `${to} (priority ${toPriority}) advertises after ${from}${before}, ${HOW[how]}`)
}
