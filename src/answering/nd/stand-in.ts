import { isLinkLocal6 } from '../../wire/ipv6.js'
import { isTentative } from '../addresses.js'
import { OPEN, SILENT, type Verdict } from '../asked.js'
import type { Path } from '../model.js'
import { vrfOf } from '../routing.js'
import { proxyDelayOf } from '../settings.js'
import { answered } from './asker.js'
import type { Solicited } from './solicited.js'

/** Anycast addresses of the device, then entries of `ip neigh add proxy` while the device forwards and proxies. Null: neither. */
export function standIn(asked: Solicited): Verdict | null {
  if (isAnycast(asked)) {
    const text = `${asked.target} is an anycast address of ${asked.device.name}: a router answers for the subnet`
    const what = { setting: `anycast ${asked.target}`, value: `dev ${asked.device.name}` }
    asked.note('anycast', 'answers', { ...what, from: 'ip -6 route show type anycast table local', text })
    return proxied(asked, 'anycast')
  }
  return byEntry(asked)
}

function isAnycast({ view, device, request }: Solicited): boolean {
  const vrf = vrfOf(view, device.name)
  const table = view.six.tables.get(vrf?.vrfTable ?? 'local')
  const found = table?.find(request.target, device.name) ?? null
  if (found === null || 'refusal' in found) return false
  // a route of type anycast that was added by hand makes no anycast address
  const { type, protocol, destination } = found.route
  return type === 'anycast' && protocol === 'kernel' && destination.length === 128
}

/** pndisc_is_router(): no route to the target is asked for, and a target on the same side is answered too. */
function byEntry(asked: Solicited): Verdict | null {
  const { view, device, target, request } = asked
  if (view.gapOf('proxyNeighbours')) return asked.unread('proxyNeighbours', 'proxy entry')
  if (view.six.proxied.get(request.target)?.includes(device.name) !== true) return null
  const entry = {
    setting: `proxy entry ${target} dev ${device.name}`,
    value: 'present',
    from: 'ip -6 neigh show proxy',
  }
  const [forwarding, proxy] = [asked.setting6('forwarding'), asked.setting6('proxy_ndp')]
  if (forwarding === null || proxy === null) return OPEN
  if (forwarding.value === 0) {
    const text = `a proxy entry for ${target} is there, but ${device.name} does not forward, so it has no effect`
    asked.decide('forwarding', 'stops', forwarding, text)
    return SILENT
  }
  if (proxy.value === 0) {
    const text = `a proxy entry for ${target} is there, but proxy_ndp is off on ${device.name}, so it has no effect`
    asked.decide('proxy_ndp', 'stops', proxy, text)
    return SILENT
  }
  asked.note('proxy entry', 'answers', {
    ...entry,
    text: `a proxy neighbour entry makes ${device.name} answer for ${target}`,
  })
  return proxied(asked, 'proxy-neighbour')
}

/** A solicitation to the group is answered after a random time up to proxy_delay, one to the device's own MAC at once. */
function proxied(asked: Solicited, path: Path): Verdict {
  if (!hasSource(asked)) {
    const text = `${asked.device.name} has no address to send the advertisement from`
    asked.note('source', 'stops', {
      setting: `addresses of ${asked.device.name}`,
      value: 'none',
      from: 'ip -6 addr',
      text,
    })
    return SILENT
  }
  if (!asked.toGroup) return answered(asked, { path, delayMs: 0, override: false })
  const delay = proxyDelayOf(asked.view, asked.device.name, 6)
  if (delay === null) return OPEN
  if (delay.assumed !== null) asked.trace.assumed.add(delay.assumed)
  if (delay.value > 0) {
    const text = `the answer to a solicitation of the group comes within ${delay.value} ms`
    asked.decide('proxy_delay', 'passes', delay, text)
  }
  return answered(asked, { path, delayMs: delay.value, override: false })
}

/** ipv6_dev_get_saddr(): of the device for all nodes and link-local askers, of any device of the same VRF else. */
function hasSource({ view, device, request, isProbe }: Solicited): boolean {
  const vrf = vrfOf(view, device.name)?.name ?? null
  const onlyHere = isProbe || isLinkLocal6(request.asker)
  return view.six.held.some((held) => {
    if (isTentative(held)) return false
    return held.device === device.name || (!onlyHere && (vrfOf(view, held.device)?.name ?? null) === vrf)
  })
}
