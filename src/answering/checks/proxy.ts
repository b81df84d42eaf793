import { type Asked, OPEN, SILENT, type Verdict } from '../asked.js'
import type { Path } from '../model.js'
import { proxyDelayOf, type Setting } from '../settings.js'

/** arp_process: for the address of another host only a device that forwards may answer. */
export function forwarding(asked: Asked): Verdict | null {
  if (asked.route?.kind === 'route' && asked.route.type === 'local') return null
  const setting = asked.setting('forwarding')
  if (setting === null) return OPEN
  if (setting.value !== 0) return null
  notLocal(asked)
  asked.decide(
    'forwarding',
    'stops',
    setting,
    `this host does not hold ${asked.target}, and ${asked.device.name} does not forward, so no proxy answers`,
  )
  return SILENT
}

function notLocal(asked: Asked): void {
  const value = asked.route?.kind === 'route' ? asked.route.text : 'none'
  const text = `${asked.target} is not a local address of this host`
  asked.note('local address', 'passes', { setting: `route to ${asked.target}`, value, from: 'ip rule; ip route', text })
}

/** The ways to answer for another host, in the kernel's order. */
export function proxies(asked: Asked): Verdict | null {
  const { route, device } = asked
  if (route?.kind !== 'route') return OPEN
  if (route.devices.length > 1 && route.devices.includes(device.name)) {
    return asked.open('route', `which next hop of ${route.text} is taken`)
  }
  notLocal(asked)
  const same = route.devices[0] === device.name
  return same ? sameSegment(asked) : (byProxyArp(asked, route.devices) ?? byEntry(asked))
}

/** arp_fwd_pvlan(): a target on the side that the request came from. */
function sameSegment(asked: Asked): Verdict {
  const setting = asked.setting('proxy_arp_pvlan')
  if (setting === null) return OPEN
  const { name } = asked.device
  const own = asked.request.asker === asked.request.target
  if (setting.value === 0 || own) {
    const why = own ? 'the sender asks for its own address' : 'proxy_arp_pvlan is off'
    asked.decide(
      'proxy_arp_pvlan',
      'stops',
      setting,
      `this host does not hold ${asked.target}; the way there leaves by ${name} again, and ${why}`,
    )
    return SILENT
  }
  if (!combinesPvlan(asked)) return { kind: 'open', path: 'proxy_arp_pvlan' }
  const text = `${name} answers for every address on its own side (proxy_arp_pvlan)`
  asked.decide('proxy_arp_pvlan', 'answers', setting, text)
  return proxied(asked, 'proxy_arp_pvlan')
}

/** Before Linux 5.10, and the stable releases of that time, `all` did not count. */
function combinesPvlan(asked: Asked): boolean {
  const { kernel, sysctls } = asked.view.host.sections
  const own = sysctls.known ? sysctls.value.ipv4[asked.device.name]?.['proxy_arp_pvlan'] : undefined
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel.known ? kernel.value.release : '') ?? []
  if (own === 1 || Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 10)) return true
  asked.trace.doubt('proxy_arp_pvlan', 'whether this kernel heeds net.ipv4.conf.all.proxy_arp_pvlan (5.10 does)')
  return false
}

/** arp_fwd_proxy(). */
function byProxyArp(asked: Asked, egress: readonly string[]): Verdict | null {
  const [proxyArp, medium] = [asked.setting('proxy_arp'), asked.setting('medium_id')]
  if (proxyArp === null || medium === null) return OPEN
  if (proxyArp.value === 0) return null
  const refusing = egress.map((device) => mediumRefuses(asked, medium, device))
  if (refusing.every((one) => one === null)) {
    const text = `${asked.device.name} answers for what it forwards (proxy_arp): ${asked.target} lies behind ${egress.join(', ')}`
    asked.decide('proxy_arp', 'answers', proxyArp, text)
    return proxied(asked, 'proxy_arp')
  }
  const decisive = refusing.find((one) => one !== null)!
  asked.decide(
    'medium_id',
    'passes',
    decisive,
    `medium_id keeps proxy_arp of ${asked.device.name} silent about ${asked.target}`,
  )
  return null
}

function mediumRefuses(asked: Asked, own: Setting, egress: string): Setting | null {
  if (own.value === 0) return null
  if (own.value === -1) return own
  const other = asked.setting('medium_id', egress)
  return other !== null && (other.value === own.value || other.value === -1) ? other : null
}

/** pneigh_lookup(): an entry by hand needs no proxy_arp. */
function byEntry(asked: Asked): Verdict {
  const { view, device, target, request } = asked
  if (view.gapOf('proxyNeighbours')) return asked.unread('proxyNeighbours', 'proxy entry')
  const entry = view.proxied.get(request.target)?.includes(device.name) === true
  const what = { setting: `proxy entry ${target} dev ${device.name}`, from: 'ip neigh show proxy' }
  if (!entry) {
    const off = asked.setting('proxy_arp')
    if (off?.value === 0) asked.decide('proxy_arp', 'passes', off, `proxy_arp is off on ${device.name}`)
    const text = `this host does not hold ${target}, and nothing makes ${device.name} answer for it`
    asked.note('proxy entry', 'stops', { ...what, value: 'none', text })
    return SILENT
  }
  const text = `a proxy neighbour entry makes ${device.name} answer for ${target}`
  asked.note('proxy entry', 'answers', { ...what, value: 'present', text })
  return proxied(asked, 'proxy-neighbour')
}

/** A frame for the device's own MAC is answered at once, a broadcast after a random time up to proxy_delay. */
function proxied(asked: Asked, path: Path): Verdict {
  if (asked.request.packet === 'host') return { kind: 'reply', path, delayMs: 0 }
  const delay = proxyDelayOf(asked.view, asked.device.name)
  if (delay === null) return OPEN
  if (delay.assumed !== null) asked.trace.assumed.add(delay.assumed)
  if (delay.value > 0) {
    asked.decide('proxy_delay', 'passes', delay, `a proxy's answer to a broadcast comes within ${delay.value} ms`)
  }
  return { kind: 'reply', path, delayMs: delay.value }
}
