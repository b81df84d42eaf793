import { ArpDecoder } from './arp-decoder.js'
import { CaptureReader } from './capture-reader.js'
import { DISCOVERY } from './discovery-decoder.js'
import type { FrameSink } from './frame-sink.js'
import { type Ipv6, ipv6Of } from './ipv6.js'

/** The targets of neighbour discovery in a capture, by their last 24 bits, which make their solicited-node group; of several the first. */
export function targetsIn(capture: Uint8Array): ReadonlyMap<number, Ipv6> {
  const targets = new Targets()
  const reader = new CaptureReader(targets)
  reader.push(capture)
  reader.finish()
  return targets.byGroup
}

class Targets implements FrameSink {
  readonly byGroup = new Map<number, Ipv6>()
  private readonly decoder = new ArpDecoder()

  frame(view: DataView, start: number, end: number, linkType: number): void {
    this.decoder.decode(view, start, end, linkType)
    const { discovery, neighbours } = this.decoder
    if (discovery !== DISCOVERY.neighborSolicitation && discovery !== DISCOVERY.neighborAdvertisement) return
    const target = ipv6Of(neighbours.target)
    const last = Number(target & 0xff_ffffn)
    if (!this.byGroup.has(last)) this.byGroup.set(last, target)
  }

  linkType(): void {}
  otherRecord(): void {}
  damaged(): void {}
}
