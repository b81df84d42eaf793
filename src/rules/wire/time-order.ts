import { captureOf } from '../../observe/capture-of.js'
import type { AddressFacts, WireFacts } from '../../observe/model.js'
import type { Unjudged } from '../define.js'

/** Whether the times of this capture may be subtracted from each other; of an address, those of the capture that it was seen in. */
export function timeIsInOrder(wire: Pick<WireFacts, 'capture' | 'captures'>, address?: AddressFacts): boolean {
  const capture = address ? captureOf(wire, address) : wire.capture
  return capture.timeRunsBackwards === null
}

/** What a rule says that pairs frames by their times, where those are in no order. */
export function outOfOrder(subject: string): Unjudged {
  return { unjudged: subject, because: 'time runs backwards in the capture, so its frames cannot be paired by time' }
}
