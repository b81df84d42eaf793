import type { Host } from '../node/model.js'
import type { WireFacts } from '../observe/model.js'
import type { VirtualRouter, VrrpMaster } from '../observe/vrrp/model.js'
import { lastSaid } from '../observe/vrrp/said.js'
import type { Mac } from '../wire/mac.js'
import { vridOf } from '../wire/virtual-mac.js'
import type { Attribution } from './attribution.js'
import type { ExpectedAnswer, ExpectedAnswers } from './expected.js'
import { holdingInstances } from './vrrp-holders.js'

/**
 * Who should answer by the adverts of VRRP: the one machine that advertised the address all the while. Where mastership moved
 * or was contested while it was captured, or nobody knows whose the machine is, nothing is expected. Nor where keepalived of another
 * host holds the address as well: each is master then, though one of the two may hardly advertise. keepalived 2.2 starts its interval
 * again with each advert that it receives and refuses (`vrrp_dispatcher_read` in vrrp_scheduler.c).
 */
export function expectedByVrrp(
  wire: Pick<WireFacts, 'capture'>,
  hosts: readonly Host[],
  attribution: Attribution,
): ExpectedAnswers {
  const answers = wire.capture.vrrp.routers.flatMap((router): [string, ExpectedAnswer][] => {
    const master = soleMaster(router)
    const node = master && nodeOf(master, hosts, attribution)
    const said = master && lastSaid(master)
    if (!node || !said) return []
    const detail = `adverts of ${master.ip}: VRID ${router.vrid}, priority ${said.priority}`
    const nodes = [{ node, from: 'adverts' as const, announcer: 'vrrp', detail }]
    const contested = (ip: string) => hosts.some((host) => host.name !== node && holdingInstances(host, ip).length > 0)
    return said.addresses
      .filter((ip) => !contested(ip))
      .map((ip) => [ip, { ip, services: [], announcers: ['vrrp'], nodes }])
  })
  const ips = answers.map(([ip]) => ip)
  // two virtual routers with one address contest it
  return new Map(answers.filter(([ip]) => ips.filter((other) => other === ip).length === 1))
}

function soleMaster({ masters, master }: VirtualRouter): VrrpMaster | null {
  const [only, ...others] = masters
  return only && others.length === 0 && only.ip === master ? only : null
}

/** The host that holds the source of the adverts, or whose card sent them. */
function nodeOf({ ip, macs }: VrrpMaster, hosts: readonly Host[], attribution: Attribution): string | null {
  const holders = hosts.filter(
    ({ sections: { addresses } }) => addresses.known && addresses.value.some((held) => held.ip === ip),
  )
  const names = new Set([
    ...holders.map(({ name }) => name),
    ...macs
      .filter(isOfMachine)
      .flatMap((mac) => attribution.ownersOf(mac))
      .map(({ node }) => node),
  ])
  return names.size === 1 ? [...names][0]! : null
}

/** Every machine of a virtual router has its MAC on a macvlan. */
function isOfMachine(mac: Mac): boolean {
  return vridOf(mac) === null
}
