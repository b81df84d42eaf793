import type { Advert } from '../../wire/advert.js'
import { type Arrival, Master } from './master.js'
import type { MasterChange, VirtualRouter } from './model.js'

const MOST_MASTERS = 16
const MOST_CHANGES = 64

/** One virtual router, while the capture is read. */
export class Router {
  /** Adverts of machines beyond the bound. */
  unlisted = 0
  private readonly of: Pick<VirtualRouter, 'protocol' | 'family' | 'vlans' | 'vrid'>
  private readonly masters = new Map<string, Master>()
  private readonly changes: MasterChange[] = []
  private changeCount = 0
  /** Who advertised last. */
  private holder: Master | null = null

  constructor({ protocol, family, vrid }: Advert, vlans: readonly number[]) {
    this.of = { protocol, family, vlans, vrid }
  }

  note(advert: Advert, arrival: Arrival): void {
    const known = this.masters.get(advert.source)
    const master = known ?? this.add(advert, arrival)
    if (master === null) this.unlisted++
    else {
      const { holder } = this
      if (holder !== null && holder !== master && advert.priority > 0)
        this.noteOther(holder, master, known, advert, arrival)
      master.note(advert, arrival)
      if (advert.priority > 0 || holder === null) this.holder = master
    }
  }

  /**
   * The longest advert interval, ms, of machines that advertise beside each other as the capture is now, or of one whose address another
   * answers for as well (`isShared`), which may be a master that hardly advertises; 0: there is neither.
   */
  contestedMs(isShared: (ip: string) => boolean): number {
    const at = this.holder?.lastAt ?? 0
    const active = [...this.masters.values()].filter((master) => !master.hasResigned && !master.isSilent(at))
    const isContested = active.length > 1 || active.some(({ addresses }) => addresses.some(isShared))
    return isContested ? Math.max(...active.map(({ intervalMs }) => intervalMs)) : 0
  }

  facts(): VirtualRouter {
    const masters = [...this.masters.values()].map((master) => master.facts())
    const { holder, changes, changeCount } = this
    const master = holder === null || holder.hasResigned ? null : holder.ip
    return { ...this.of, masters, changes: [...changes], changeCount, master }
  }

  private add(advert: Advert, arrival: Arrival): Master | null {
    if (this.masters.size === MOST_MASTERS) return null
    const master = new Master(advert, arrival)
    this.masters.set(advert.source, master)
    return master
  }

  /** Another machine than the last one advertises: beside it, if it never paused, else after it. */
  private noteOther(holder: Master, master: Master, known: Master | undefined, advert: Advert, arrival: Arrival): void {
    const neverPaused = known && !known.hasResigned && !known.isSilent(arrival.at)
    if (neverPaused) {
      this.takeBack(known, holder)
      known.noteBeside(holder, advert.priority, arrival)
    } else this.noteChange(holder, master, advert, arrival)
  }

  /** One of lower priority that took over from a master which never stopped was no change of master: it advertised beside it. */
  private takeBack(former: Master, other: Master): void {
    const last = this.changes.at(-1)
    if (!last || this.changes.length < this.changeCount || last.from !== former.ip || last.to !== other.ip) return
    if (last.how !== 'preempted' || last.toPriority >= last.fromPriority) return
    this.changes.pop()
    this.changeCount--
    other.noteBeside(former, last.toPriority, last)
  }

  private noteChange(holder: Master, master: Master, advert: Advert, arrival: Arrival): void {
    this.changeCount++
    if (this.changes.length === MOST_CHANGES) return
    this.changes.push({
      at: arrival.at,
      frame: arrival.frame,
      from: holder.ip,
      to: master.ip,
      how: holder.hasResigned ? 'resigned' : holder.isSilent(arrival.at) ? 'silent' : 'preempted',
      fromPriority: holder.priority,
      toPriority: advert.priority,
    })
  }
}
