import type { Link, Prefix, RoutingRule } from '../node/model.js'
import { type Ip, isIpv4, parseIp } from '../wire/ip.js'
import { network } from '../wire/subnet.js'
import type { Found } from './fib.js'
import { type FamilyView, type HostView, MERGED } from './host-view.js'
import { routeText, ruleText } from './route-text.js'

/** What is looked up (struct flowi4, flowi6). An ARP packet and a solicitation have no mark, TOS, protocol or port. */
export interface Flow {
  readonly to: Ip
  readonly from: Ip
  /** `lo` for what the host itself sends. */
  readonly input: string
  /** Only next hops by this device count. */
  readonly output: string | null
  /** The same, without a part in any rule (RT6_LOOKUP_F_IFACE). */
  readonly by?: string
  /** The VRF device whose table counts. */
  readonly vrf: string | null
}

/** `refused`: a blackhole, a rule that says so, or no route at all. `open`: what decides is not in the snapshot. */
export type Looked =
  | { readonly kind: 'route'; readonly type: string; readonly devices: readonly string[]; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'open'; readonly missing: string }

const NO_ROUTE: Looked = { kind: 'refused', text: 'no route' }

/** fib_lookup: the rules in their order, or `local` with `main`, then `default`, where the host has no rule of its own. */
export function lookUp(view: HostView, flow: Flow): Looked {
  if (!isIpv4(flow.to)) return lookUp6(view, flow)
  if (view.customRules) return byRules(view, flow, 0)
  const first = view.tables.get(MERGED)?.find(flow.to, flow.output) ?? null
  return looked(first ?? view.tables.get('default')?.find(flow.to, flow.output) ?? null)
}

/** fib6_rule_lookup(): `local`, then `main`. */
function lookUp6(view: HostView, flow: Flow): Looked {
  if (view.six.customRules) return byRules(view, flow, 0)
  const { tables } = view.six
  return looked(findIn(tables, 'local', flow) ?? findIn(tables, 'main', flow))
}

function findIn(tables: FamilyView<Ip>['tables'], name: string, { to, output, by }: Flow): Found {
  return tables.get(name)?.find(to, output ?? by ?? null, by !== undefined) ?? null
}

function familyOf(view: HostView, { to }: Flow): Pick<FamilyView<Ip>, 'rules' | 'tables'> {
  return isIpv4(to) ? view : view.six
}

function looked(found: Found, rule = ''): Looked {
  if (found === null) return NO_ROUTE
  if ('refusal' in found) return { kind: 'refused', text: routeText(found.refusal) + rule }
  const devices = [...new Set(found.hops.flatMap(({ device }) => (device === null ? [] : [device])))]
  return { kind: 'route', type: found.route.type, devices, text: routeText(found.route) + rule }
}

function byRules(view: HostView, flow: Flow, start: number): Looked {
  const { rules } = familyOf(view, flow)
  for (let at = start; at < rules.length; at++) {
    const rule = rules[at]!
    const matches = ruleMatches(view, rule, flow)
    if (matches === null) return bothWays(view, flow, at)
    if (!matches) continue
    const jump = rule.details?.goto ?? null
    if (jump !== null) at = Math.max(at, rules.findIndex(({ priority }) => priority >= jump) - 1)
    else {
      const ended = follow(view, rule, flow)
      if (ended !== null) return ended
    }
  }
  return NO_ROUTE
}

/** A rule that cannot be judged does no harm where both ways lead to the same. */
function bothWays(view: HostView, flow: Flow, at: number): Looked {
  const rule = familyOf(view, flow).rules[at]!
  const missed = byRules(view, flow, at + 1)
  const taken = follow(view, rule, flow) ?? missed
  if (isSame(taken, missed)) return missed
  return { kind: 'open', missing: `whether the rule "${ruleText(rule)}" matches` }
}

function isSame(a: Looked, b: Looked): boolean {
  if (a.kind === 'route' && b.kind === 'route') return a.type === b.type && a.devices.join() === b.devices.join()
  return a.kind === 'refused' && b.kind === 'refused'
}

/** What a matching rule leads to; null: the next rule is tried. */
function follow(view: HostView, rule: RoutingRule, flow: Flow): Looked | null {
  const { details } = rule
  if (details?.action === 'nop') return null
  if (details?.action) return { kind: 'refused', text: `rule ${ruleText(rule)}` }
  const name = details?.vrf ? vrfTableOf(view, flow) : rule.table
  const found = name === null ? null : findIn(familyOf(view, flow).tables, name, flow)
  if (found === null || isSuppressed(found, details?.suppressLength ?? null)) return null
  return looked(found, isPlain(rule) ? '' : ` by rule ${ruleText(rule)}`)
}

function isSuppressed(found: Exclude<Found, null>, length: number | null): boolean {
  return length !== null && !('refusal' in found) && found.route.destination.length <= length
}

function isPlain({ from, to, inputInterface, outputInterface, other }: RoutingRule): boolean {
  return (from ?? to ?? inputInterface ?? outputInterface) === null && !other
}

/** The VRF of a flow: the one given, else that of its input or output device (l3mdev_update_flow). */
function vrfTableOf(view: HostView, { vrf, input, output }: Flow): string | null {
  const name = vrf ?? vrfOf(view, input)?.name ?? (output === null ? null : (vrfOf(view, output)?.name ?? null))
  return name === null ? null : (view.links.get(name)?.vrfTable ?? null)
}

/** The VRF device that a device belongs to, or is. */
export function vrfOf(view: HostView, device: string): Link | null {
  const link = view.links.get(device)
  if (link?.kind === 'vrf') return link
  const master = link?.master ? view.links.get(link.master) : undefined
  return master?.kind === 'vrf' ? master : null
}

/** fib_rule_match and fib4_rule_match; null when the snapshot does not say. */
function ruleMatches(view: HostView, rule: RoutingRule, flow: Flow): boolean | null {
  const { details } = rule
  const selected =
    !details?.never &&
    isIn(rule.from, flow.from) &&
    isIn(rule.to, flow.to) &&
    Number((rule.mark ?? '0').split('/')[0]) === 0 &&
    isInput(view, rule.inputInterface, flow) &&
    (rule.outputInterface === null || rule.outputInterface === flow.output) &&
    (!details?.vrf || vrfTableOf(view, flow) !== null)
  if (selected && details && details.unread.length > 0) return null
  return details?.inverted ? !selected : selected
}

function isIn(prefix: Prefix | null, ip: Ip): boolean {
  if (prefix === null) return true
  const base = parseIp(prefix.ip)
  return base !== null && network(base, prefix.length) === network(ip, prefix.length)
}

/** A rule for a VRF device matches what its members receive. */
function isInput(view: HostView, wanted: string | null, { input }: Flow): boolean {
  return wanted === null || wanted === input || (vrfOf(view, input)?.name === wanted && input !== 'lo')
}
