import { readGatewayIps } from '../../capture/gateways.js'
import type { Windows } from '../../observe/windows.js'
import { type Ip, parseIp } from '../../wire/ip.js'
import { CLOCK } from '../look-live.js'
import type { NodeAsking } from './node-asking.js'
import type { OwnPlace } from './own.js'

/** The gateways are asked so often, so far apart, ms. */
const [TURNS, APART_MS] = [3, 500]

export interface CutOffLook {
  readonly gateways: readonly Ip[]
  /** How many answers for an address were heard until now. */
  readonly answers: (ip: Ip) => number
  readonly ask: (ip: Ip) => void
  readonly sleep: (ms: number) => Promise<void>
}

/**
 * Where nobody answers for any address, whether it is this machine that hears nobody: then no gateway of it answers either. Where it has
 * none, nobody can say.
 */
export async function isCutOff({ gateways, answers, ask, sleep }: CutOffLook): Promise<boolean> {
  const before = gateways.map(answers)
  const isHeard = () => gateways.some((ip, at) => answers(ip) > before[at]!)
  for (let turn = 0; turn < TURNS && !isHeard(); turn++) {
    for (const ip of gateways) ask(ip)
    await sleep(APART_MS)
  }
  return gateways.length > 0 && !isHeard()
}

interface Segment {
  readonly device: string
  readonly own: Pick<OwnPlace, 'isOnLink' | 'canAsk'>
  readonly vips: () => readonly Ip[]
  readonly windows: Pick<Windows, 'answersFor'>
  readonly nodes: Pick<NodeAsking, 'askOnce'>
}

/** The same on a segment that is watched. */
export class CutOff {
  private readonly segment: Segment

  constructor(segment: Segment) {
    this.segment = segment
  }

  look(stop: AbortSignal): Promise<boolean> {
    const { windows, nodes } = this.segment
    return isCutOff({
      gateways: this.gateways(),
      answers: (ip) => [...windows.answersFor(ip).values()].reduce((sum, { broadcast }) => sum + broadcast, 0),
      ask: (ip) => nodes.askOnce(ip),
      sleep: (ms) => CLOCK.sleep(ms, stop),
    })
  }

  /** One that is watched itself says nothing of this machine. */
  private gateways(): readonly Ip[] {
    const { device, own, vips } = this.segment
    const watched = new Set(vips())
    return readGatewayIps(device)
      .flatMap((text) => parseIp(text) ?? [])
      .filter((ip) => own.isOnLink(ip) && own.canAsk(ip) && !watched.has(ip))
  }
}
