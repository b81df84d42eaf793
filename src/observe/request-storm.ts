import type { Batch } from './batch.js'
import { FLOW_KIND } from './flows.js'

/** Wireshark's defaults: `arp.detect_storm_number_of_packets` and `arp.detect_storm_period` (milliseconds). */
const PACKETS = 30
const PERIOD_MILLIS = 100
const KEPT_FRAMES = 100

/**
 * Wireshark's own detector, `check_for_storm_count` in `epan/dissectors/packet-arp.c`: more than 30 requests, the period
 * starting anew whenever a frame is more than 100 ms (in whole milliseconds) after its start, or before it.
 */
export class RequestStorm {
  count = 0
  /** 1-based numbers of the frames at which Wireshark speaks, the first 100. */
  readonly frames: number[] = []
  private requests = 0
  private seconds = 0
  private nanos = 0

  take({ count, kinds, seconds, nanos, frames }: Batch): void {
    for (let place = 0; place < count; place++)
      this.add((kinds[place]! & FLOW_KIND.request) !== 0, seconds[place]!, nanos[place]!, frames[place]!)
  }

  /** Every ARP frame, replies too: they move the period although they are not counted. */
  private add(isRequest: boolean, seconds: number, nanos: number, frame: number): void {
    if (isRequest) this.requests++
    const gap = (Math.imul(seconds - this.seconds, 1000) + (((nanos - this.nanos) / 1_000_000) | 0)) | 0
    if (gap > PERIOD_MILLIS || gap < 0) this.requests = 1
    else if (this.requests > PACKETS) {
      this.count++
      if (this.frames.length < KEPT_FRAMES) this.frames.push(frame)
      this.requests = 0
    } else return
    this.seconds = seconds
    this.nanos = nanos
  }
}
