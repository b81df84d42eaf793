import type { Note, Standing } from '../../watch/say.js'
import type { Ip } from '../../wire/ip.js'
import type { Part } from './part.js'

/** What a watch and those that elect it say to each other of one segment. */
export interface Candidate {
  readonly told: (standing: Standing) => void
  /** What it cannot judge from where it is. */
  readonly unjudged: () => readonly Ip[]
  /** What the one that asks cannot judge from where that is. */
  readonly left: (ips: readonly Ip[]) => void
}

/** Tells who asks on a segment, until it is stopped. */
export type Elect = (segment: string, candidate: Candidate, signal: AbortSignal) => Promise<void>

/** What it is that we ask for on a segment. */
export class Asker {
  ended: Promise<void> = Promise.resolve()
  /** What cannot be judged from here. */
  unjudged: readonly Ip[] = []
  private readonly elect: Elect | undefined
  private standing: Standing | null = null
  private left: ReadonlySet<Ip> = new Set()
  private isStarted = false

  /** `elect` undefined: everybody asks. */
  constructor(elect: Elect | undefined) {
    this.elect = elect
  }

  get part(): Part {
    if (this.elect === undefined) return 'all'
    if (this.standing === null || this.standing.is === 'follower') return 'none'
    return this.standing.is === 'second' ? this.left : 'all'
  }

  start(segment: string, tell: (note: Note) => void, signal: AbortSignal): void {
    if (this.isStarted || this.elect === undefined) return
    this.isStarted = true
    const candidate: Candidate = {
      told: (standing) => {
        this.standing = standing
        tell({ event: 'asker', standing })
      },
      unjudged: () => this.unjudged,
      left: (ips) => {
        const isSame = ips.length === this.left.size && ips.every((ip) => this.left.has(ip))
        if (!isSame) this.left = new Set(ips)
      },
    }
    this.ended = this.elect(segment, candidate, signal)
  }
}
