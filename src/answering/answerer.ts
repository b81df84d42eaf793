import { valueOr } from '../known.js'
import type { Host, Link } from '../node/model.js'
import { type Ip, isIpv4, parseIp } from '../wire/ip.js'
import { isLoopback } from './addresses.js'
import { type HostView, MERGED, viewOf } from './host-view.js'
import type { Announcement, Prediction, Question, Reason, Reply } from './model.js'
import { predict } from './predict.js'
import { settingOf } from './settings.js'

/**
 * The same question about many targets. A host that holds an address, or could answer for others, goes through all checks; one
 * that can only keep silent about it says so at once, and gives its reasons when it is asked for them.
 */
export function answerer(
  host: Host,
  asked: Omit<Question, 'target'>,
  announcements: readonly Announcement[] = [],
): (target: Ip) => Prediction {
  const view = viewOf(host)
  const announced = new Set(announcements.filter((one) => one.host === host.name).map(({ ip }) => ip))
  let [four, six]: [ReadonlySet<Ip> | null | undefined, ReadonlySet<Ip> | null | undefined] = [undefined, undefined]
  return (target) => {
    if (isIpv4(target)) four ??= answersOnlyFor(view, asked.on, true)
    else six ??= answersOnlyFor(view, asked.on, false)
    const only = (isIpv4(target) ? four : six) ?? null
    if (only === null || only.has(target) || announced.has(target) || isLoopback(target)) {
      return predict(host, { ...asked, target }, announcements)
    }
    return new Silence(host, asked, target)
  }
}

const NONE: readonly never[] = []

/** A no whose reasons are worked out when they are read. */
class Silence implements Prediction {
  readonly answers = 'no'
  readonly replies: readonly Reply[] = NONE
  readonly possible: readonly Reply[] = NONE
  readonly missing: readonly string[] = NONE
  private readonly host: Host
  private readonly asked: Omit<Question, 'target'>
  private readonly target: Ip

  constructor(host: Host, asked: Omit<Question, 'target'>, target: Ip) {
    this.host = host
    this.asked = asked
    this.target = target
  }

  get because(): readonly Reason[] {
    return this.whole.because
  }

  get assumed(): readonly string[] {
    return this.whole.assumed
  }

  private get whole(): Prediction {
    return predict(this.host, { ...this.asked, target: this.target })
  }
}

/** By host, family and interface. */
const onlyFor = new WeakMap<HostView, Map<string, ReadonlySet<Ip> | null>>()

/** The targets of a family that a host can answer for at all on an interface; null: it takes the checks to say. */
function answersOnlyFor(view: HostView, on: string, four: boolean): ReadonlySet<Ip> | null {
  const ofHost = onlyFor.get(view) ?? new Map<string, ReadonlySet<Ip> | null>()
  onlyFor.set(view, ofHost)
  const key = `${four ? 4 : 6} ${on}`
  const known = ofHost.get(key)
  if (known !== undefined) return known
  const only = four ? plainTargets(view, on) : plainTargets6(view, on)
  ofHost.set(key, only)
  return only
}

function plainTargets(view: HostView, on: string): ReadonlySet<Ip> | null {
  return isPlain(view, on) ? (view.tables.get(MERGED)?.localHosts() ?? new Set()) : null
}

/** No proxy entry, nothing in the kernel's place: such a host answers for its own addresses and anycast addresses alone. */
function plainTargets6(view: HostView, on: string): ReadonlySet<Ip> | null {
  const whole = SECTIONS.every((name) => view.gapOf(name) === null)
  if (!whole || !view.links.has(on) || view.six.proxied.size > 0 || hasSubstitutes(view, reachedFrom(view, on)))
    return null
  const { routes } = view.host.sections
  const anycast = valueOr(routes, []).filter(({ family, type }) => family === 6 && type === 'anycast')
  return new Set<Ip>([
    ...view.six.holders.keys(),
    ...anycast.flatMap(({ destination }) => parseIp(destination.ip) ?? []),
  ])
}

/** No proxy, no rule, nothing in the kernel's place: such a host answers for its own addresses alone. */
function isPlain(view: HostView, on: string): boolean {
  const whole = SECTIONS.every((name) => view.gapOf(name) === null)
  if (!whole || !view.links.has(on) || view.customRules || view.tables.get(MERGED)?.hasLocalNetworks) return false
  const reached = reachedFrom(view, on)
  return !hasSubstitutes(view, reached) && !reached.some((device) => isProxy(view, device.name))
}

const SECTIONS = ['links', 'addresses', 'routes', 'rules', 'sysctls', 'proxyNeighbours'] as const

/** The interface, and all that a frame from it can climb to. */
function reachedFrom(view: HostView, on: string): Link[] {
  const reached = new Set<string>([on])
  for (const name of reached) {
    const master = view.links.get(name)?.master ?? null
    if (master !== null) reached.add(master)
    for (const child of view.children.get(name) ?? []) reached.add(child.name)
  }
  return [...reached].flatMap((name) => view.links.get(name) ?? [])
}

function hasSubstitutes(view: HostView, reached: readonly Link[]): boolean {
  const { filterChains, programs } = view.host.sections
  const chains = filterChains.known ? filterChains.value.chains : []
  if (chains.some(({ rules }) => rules.some((rule) => rule.includes('arpreply')))) return true
  if (programs.known && programs.value.some(({ device }) => reached.some(({ name }) => name === device))) return true
  return reached.some(({ xdp, kind, name }) => {
    if (xdp !== undefined || (kind !== null && UNREAD.has(kind))) return true
    return kind === 'bridge' && [...view.links.values()].some((link) => link.master === name && answersForOthers(link))
  })
}

/** Masters whose frames the model does not follow. */
const UNREAD: ReadonlySet<string> = new Set(['openvswitch', 'hsr', 'batadv', 'ovs'])

function answersForOthers({ vxlanProxy, bridgePort }: Link): boolean {
  return (
    vxlanProxy === true || [bridgePort?.neighSuppress, bridgePort?.proxyArp, bridgePort?.proxyArpWifi].includes(true)
  )
}

function isProxy(view: HostView, device: string): boolean {
  if (settingOf(view, 'forwarding', device)?.value === 0) return false
  if (view.proxied.size > 0) return true
  return PROXIES.some((name) => settingOf(view, name, device)?.value !== 0)
}

const PROXIES = ['proxy_arp', 'proxy_arp_pvlan'] as const
