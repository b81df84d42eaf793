import type { LiveCapture } from '../../capture/open-live.js'
import type { Ask } from '../../probe/plan.js'
import { frameFor } from '../../probe/run.js'
import type { Ip } from '../../wire/ip.js'
import { CLOCK } from '../look-live.js'
import type { SegmentNodes, WatchPace } from './model.js'
import type { OwnPlace } from './own.js'

/** Each node that was not heard is asked so often, before all are left alone for so long, ms. */
const [NODE_TURNS, REST_MS] = [3, 60_000]

/** Each node whose MAC nobody has told or heard is asked for it: who answers for a VIP has a name then. */
export class NodeAsking {
  private readonly sender: LiveCapture['sender']
  private readonly own: OwnPlace
  private readonly nodes: () => Pick<SegmentNodes, 'unheard'> | null
  private readonly mostPerSecond: number

  /** `nodes`: null while another watch asks. */
  constructor(
    sender: LiveCapture['sender'],
    own: OwnPlace,
    nodes: () => Pick<SegmentNodes, 'unheard'> | null,
    pace: Pick<WatchPace, 'framesPerSecond'>,
  ) {
    this.sender = sender
    this.own = own
    this.nodes = nodes
    this.mostPerSecond = Math.min(1, pace.framesPerSecond / 2)
  }

  /** What comes off the pace of the addresses. */
  get framesPerSecond(): number {
    return this.unheard().length > 0 ? this.mostPerSecond : 0
  }

  async ask(stop: AbortSignal): Promise<void> {
    for (let turn = 0; !stop.aborted; turn++) {
      const unheard = this.unheard()
      const ip = unheard[turn % Math.max(1, unheard.length)]
      if (ip !== undefined && this.own.canAsk(ip)) this.askOnce(ip)
      const isDone = turn >= NODE_TURNS * unheard.length
      if (isDone) turn = 0
      await CLOCK.sleep(isDone ? REST_MS : 1000 / this.mostPerSecond, stop)
    }
  }

  askOnce(ip: Ip): void {
    const frame = frameFor(toNode(ip), this.own.asking)
    if (frame !== null) this.sender?.send(frame)
  }

  private unheard(): readonly Ip[] {
    return this.nodes()?.unheard((ip) => this.own.isOnLink(ip) && !this.own.isOwn(ip)) ?? []
  }
}

function toNode(vip: Ip): Ask {
  return { vip, mode: 'broadcast', to: null, turn: 0 }
}
