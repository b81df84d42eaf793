import type { WireFacts } from '../../observe/model.js'
import type { Unjudged } from '../define.js'

/** Whether the times of this capture may be subtracted from each other. */
export function timeIsInOrder({ capture }: Pick<WireFacts, 'capture'>): boolean {
  return capture.timeRunsBackwards === null
}

/** What a rule says that pairs frames by their times, where those are in no order. */
export function outOfOrder(subject: string): Unjudged {
  return { unjudged: subject, because: 'time runs backwards in the capture, so its frames cannot be paired by time' }
}
