import { isLoopback, isMulticast, isZeroNet, LIMITED_BROADCAST } from '../addresses.js'
import { type Asked, OPEN, SILENT, type Verdict } from '../asked.js'
import { type Looked, lookUp, vrfOf } from '../routing.js'
import type { Setting } from '../settings.js'

/** ip_route_input_slow(): senders and targets that no route is looked up for. */
export function martians(asked: Asked): Verdict | null {
  const { asker, target } = asked.request
  const stop = (text: string) => {
    asked.note('martian', 'stops', { setting: 'sender', value: asked.asker, from: 'the question', text })
    return SILENT
  }
  if (isMulticast(asker) || asker === LIMITED_BROADCAST || isZeroNet(asker)) {
    return stop(`${asked.asker} cannot be a sender, so the kernel drops the request`)
  }
  if (target === LIMITED_BROADCAST || isZeroNet(target)) return stop(`${asked.target} cannot be the address of a host`)
  if (!isLoopback(asker) || isLoopback(target)) return null
  const setting = asked.setting('route_localnet')
  if (setting === null) return OPEN
  return setting.value === 0 ? stop(`${asked.asker} is a loopback address and route_localnet is off`) : null
}

/** ip_route_input(): the route to the target, by the policy rules as they see a packet from this sender on this device. */
export function routeToTarget(asked: Asked): Verdict | null {
  const { view, device, request } = asked
  for (const section of ['routes', 'rules', 'addresses'] as const) {
    if (view.gapOf(section)) return asked.unread(section)
  }
  const { target: to, asker: from } = request
  const route = lookUp(view, { to, from, input: device.name, output: null, vrf: null })
  asked.route = route
  if (route.kind === 'open') return asked.open('route', route.missing)
  if (route.kind === 'route' && route.type === 'local') return null
  if (route.kind === 'route' && route.type === 'unicast') return null
  const text = view.holders.has(to)
    ? `this host holds ${asked.target}, but requests from ${asked.asker} do not get there: ${route.text}`
    : `this host does not hold ${asked.target} and has no way there (${route.text})`
  asked.note('route', 'stops', {
    setting: `route to ${asked.target}`,
    value: route.text,
    from: 'ip rule; ip route',
    text,
  })
  return SILENT
}

/** fib_validate_source(): rp_filter, and senders that are the host itself. */
export function senderAccepted(asked: Asked): Verdict | null {
  const [rpFilter, acceptLocal] = [asked.setting('rp_filter'), asked.setting('accept_local')]
  if (rpFilter === null || acceptLocal === null) return OPEN
  const full = rpFilter.value !== 0 || leavesWhereItCame(asked)
  if (full) return byRoute(asked, rpFilter, acceptLocal)
  if (acceptLocal.value !== 0) return null
  const { customLocalRoutes, customRules, holders } = asked.view
  if (customLocalRoutes || customRules) return byRoute(asked, rpFilter, acceptLocal)
  return holders.has(asked.request.asker) ? ownSender(asked, acceptLocal) : null
}

/** A proxied target behind the device itself is looked at twice where redirects may be sent. */
function leavesWhereItCame(asked: Asked): boolean {
  const { route, device } = asked
  if (route?.kind !== 'route' || route.type === 'local' || route.devices[0] !== device.name) return false
  return asked.setting('send_redirects')?.value !== 0
}

function ownSender(asked: Asked, acceptLocal: Setting): Verdict {
  const text = `${asked.asker} is an address of this host, and accept_local is off: such a sender is not believed`
  asked.decide('accept_local', 'stops', acceptLocal, text)
  return SILENT
}

/** __fib_validate_source(): the way back to the sender. */
function byRoute(asked: Asked, rpFilter: Setting, acceptLocal: Setting): Verdict | null {
  const { view, device, request, route } = asked
  const egress = route?.kind === 'route' && route.type !== 'local' ? (route.devices[0] ?? 'lo') : 'lo'
  const vrf = vrfOf(view, device.name)?.name ?? null
  const flow = { to: request.asker, from: request.target, input: egress, output: null, vrf }
  const back = lookUp(view, flow)
  if (back.kind === 'open') return asked.open('rp_filter', back.missing)
  if (back.kind === 'refused') return lastResort(asked, rpFilter, back)
  if (back.type !== 'unicast') {
    if (back.type !== 'local') return broadcastSender(asked, back)
    if (acceptLocal.value === 0) return ownSender(asked, acceptLocal)
  }
  if (usesDevice(asked, back)) return passes(asked, rpFilter, back)
  if ((view.heldBy.get(device.name) ?? []).length === 0) return lastResort(asked, rpFilter, back)
  if (rpFilter.value === 1) return refused(asked, rpFilter, back)
  return passes(asked, rpFilter, back)
}

function usesDevice({ device }: Asked, back: Looked & { kind: 'route' }): boolean {
  return back.devices.includes(device.name)
}

function passes(asked: Asked, rpFilter: Setting, back: Looked & { kind: 'route' }): null {
  if (rpFilter.value !== 0) {
    const text = `the way back to ${asked.asker} (${back.text}) satisfies rp_filter ${rpFilter.value} on ${asked.device.name}`
    asked.decide('rp_filter', 'passes', rpFilter, text)
  }
  return null
}

/** No route back, or a device without an address: only rp_filter 0 lets it pass. */
function lastResort(asked: Asked, rpFilter: Setting, back: Looked & { text: string }): Verdict | null {
  return rpFilter.value === 0 ? null : refused(asked, rpFilter, back)
}

function refused(asked: Asked, rpFilter: Setting, { text: way }: Looked & { text: string }): Verdict {
  const { name } = asked.device
  const bare = (asked.view.heldBy.get(name) ?? []).length === 0 ? `, and ${name} has no IPv4 address` : ''
  const text = `rp_filter ${rpFilter.value} on ${name} drops it: the way back to ${asked.asker} is ${way}${bare}`
  asked.decide('rp_filter', 'stops', rpFilter, text)
  return SILENT
}

function broadcastSender(asked: Asked, { text: way, type }: Looked & { kind: 'route' }): Verdict {
  const text = `${asked.asker} is a ${type} address here, which cannot be a sender`
  asked.note('sender', 'stops', { setting: `route to ${asked.asker}`, value: way, from: 'ip rule; ip route', text })
  return SILENT
}
