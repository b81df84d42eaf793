import type { EffectiveName, EffectiveName6 } from '../node/effective.js'
import type { Link, SectionName } from '../node/model.js'
import { formatIp, type Ip } from '../wire/ip.js'
import type { Ipv4 } from '../wire/ipv4.js'
import { formatMac, type Mac } from '../wire/mac.js'
import type { HostView } from './host-view.js'
import type { Path, Reason } from './model.js'
import type { Looked } from './routing.js'
import { type Setting, settingOf, settingOf6 } from './settings.js'

/** How the stack classes a frame (`pkt_type`); a multicast destination counts as broadcast. */
export type PacketType = 'host' | 'broadcast' | 'other'

/** A request where the stack of a host sees it. */
export interface Request<A extends Ip = Ipv4> {
  readonly target: A
  /** 0: a probe. */
  readonly asker: A
  readonly packet: PacketType
}

/** What ends the checks; null from a check: the next one is made. */
export type Verdict =
  | { readonly kind: 'silent' }
  | { readonly kind: 'reply'; readonly path: Path; readonly delayMs: number; readonly override?: boolean }
  /** `path`: the reply that comes if what is missing does not prevent it. */
  | { readonly kind: 'open'; readonly path: Path | null }

export type Check<A extends Ip = Ipv4> = (asked: Asked<A>) => Verdict | null

export const SILENT: Verdict = { kind: 'silent' }
export const OPEN: Verdict = { kind: 'open', path: null }

/** Something missing; `mayAnswer`: it could also make a reply where the kernel makes none. */
export interface Doubt {
  readonly missing: string
  readonly mayAnswer: boolean
}

/** What is noted on the way: reasons in their order, what is missing, what was taken for granted. */
export class Trace {
  readonly because: Reason[] = []
  readonly doubts: Doubt[] = []
  readonly assumed = new Set<string>()

  note(reason: Reason): void {
    this.because.push(reason)
  }

  /** A copy for a second device that sees the same frame: what holds for the frame holds for both. */
  branch(): Trace {
    const branch = new Trace()
    branch.doubts.push(...this.doubts)
    for (const one of this.assumed) branch.assumed.add(one)
    return branch
  }

  /** Notes that something is missing; once is enough. */
  doubt(check: string, missing: string, mayAnswer = false): null {
    if (this.doubts.some((doubt) => doubt.missing === missing)) return null
    this.doubts.push({ missing, mayAnswer })
    this.note({
      check,
      outcome: 'doubt',
      setting: check,
      value: 'unknown',
      from: 'not read',
      text: `${missing} is not known`,
    })
    return null
  }
}

/** A request on its way through the checks of one device. */
export class Asked<A extends Ip = Ipv4> {
  /** The route to the target, once looked up. */
  route: Looked | null = null
  readonly view: HostView
  readonly device: Link
  readonly request: Request<A>
  readonly trace: Trace

  constructor(view: HostView, device: Link, request: Request<A>, trace: Trace) {
    this.view = view
    this.device = device
    this.request = request
    this.trace = trace
  }

  get target(): string {
    return formatIp(this.request.target)
  }

  get asker(): string {
    return formatIp(this.request.asker)
  }

  /** The value of a setting on the device (or another); a doubt, and null, where no setting was read at all. */
  setting(name: EffectiveName, on = this.device.name): Setting | null {
    const setting = settingOf(this.view, name, on)
    if (setting === null) this.doubtSection('sysctls', name)
    else if (setting.assumed !== null) this.trace.assumed.add(setting.assumed)
    return setting
  }

  /** The same of `net.ipv6.conf`. */
  setting6(name: EffectiveName6, on = this.device.name): Setting | null {
    const setting = settingOf6(this.view, name, on)
    if (setting === null) this.doubtSection('sysctls', name)
    else if (setting.assumed !== null) this.trace.assumed.add(setting.assumed)
    return setting
  }

  /** Notes that a section was not read. */
  doubtSection(section: SectionName, check: string = section): null {
    const gap = this.view.gapOf(section)
    const missing = gap === null ? section : `${section} (${gap.subject}: ${gap.reason})`
    return this.trace.doubt(check, missing)
  }

  /** The outcome stays open, because something is missing. */
  open(check: string, missing: string, path: Path | null = null): Verdict {
    this.trace.doubt(check, missing)
    return { kind: 'open', path }
  }

  /** The outcome stays open, because a section was not read. */
  unread(section: SectionName, check: string = section): Verdict {
    this.doubtSection(section, check)
    return OPEN
  }

  /** Notes a check that a setting decides. */
  decide(check: string, outcome: Reason['outcome'], { key, shown, from }: Setting, text: string): void {
    this.trace.note({ check, outcome, setting: key, value: shown, from, text })
  }

  /** Notes a check that something else decides. */
  note(check: string, outcome: Reason['outcome'], what: Omit<Reason, 'check' | 'outcome'>): void {
    this.trace.note({ check, outcome, ...what })
  }
}

export function macText(mac: Mac | null): string {
  return mac === null ? 'no MAC' : formatMac(mac)
}
