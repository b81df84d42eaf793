import { type Choice, chooseInterface, type NetworkInterface, parseDefaultDevice } from '../../capture/interfaces.js'
import type { VantageFacts } from '../../facts/vantages/model.js'
import { CannotLook } from '../../known.js'
import type { Route, Survey } from '../../node/vantage/survey.js'
import { formatIp, type Ip, isIpv6 } from '../../wire/ip.js'
import { isLinkLocal6 } from '../../wire/ipv6.js'

/** A host, and the word of --at by which it is looked from. */
export type Place = Pick<VantageFacts, 'name' | 'kind'>

/** The interface of a host that its own routes lead to the addresses by, unless one is named. Throws CannotLook. */
export function interfaceThere(
  host: Place,
  all: readonly NetworkInterface[],
  { routes, defaultRoute }: Pick<Survey, 'routes' | 'defaultRoute'>,
  vips: readonly Ip[],
  wanted: string | undefined,
): Choice {
  const placed = vips.filter((ip) => !isIpv6(ip) || !isLinkLocal6(ip))
  if (wanted !== undefined || placed.length === 0) return named(host, all, defaultRoute, vips, wanted)
  for (const route of routes) {
    const device = all.find(({ name, loopback }) => name === route.device && !loopback)
    if (device?.up && route.via === null) return { interface: device, why: `its route to ${route.to} leads there` }
  }
  const held = routes.find(({ local }) => local)
  if (held) return named(host, all, defaultRoute, vips, undefined)
  throw elsewhere(host, placed, routes)
}

/** What is said of an interface is said of that host. */
function named(
  host: Place,
  all: readonly NetworkInterface[],
  defaultRoute: string,
  vips: readonly Ip[],
  wanted: string | undefined,
): Choice {
  try {
    return chooseInterface(all, { defaultDevice: parseDefaultDevice(defaultRoute), onLink: [] }, vips, wanted)
  } catch (error) {
    if (!(error instanceof CannotLook)) throw error
    const { reason, hint } = error.gap
    const there = hint.replace('with -i', `behind a slash, --at ${host.kind}:${host.name}/INTERFACE`)
    throw new CannotLook({ subject: `${host.name}: ${error.gap.subject}`, reason, hint: there }, { cause: error })
  }
}

/** A router answers for nobody's address: what is heard on that interface is about another segment. */
function elsewhere({ kind, name }: Place, vips: readonly Ip[], routes: readonly Route[]): CannotLook {
  const [first] = routes
  const way = first === undefined ? `it has no route to ${vips.map(formatIp)[0]}` : wayOf(first)
  return new CannotLook({
    subject: name,
    reason: `it is not on the segment of the address: ${way}`,
    hint: `name a host of that segment, or the interface that is on it: --at ${kind}:${name}/INTERFACE`,
  })
}

function wayOf({ to, via, device }: Route): string {
  return via === null
    ? `its route to ${to} leads to ${device}, which is not up`
    : `its route to ${to} goes through the router ${via}`
}
