import { known } from '../../src/known.js'
import type { Host, Link } from '../../src/node/model.js'
import { parseAddresses } from '../../src/node/parse/addresses.js'
import { parseRoutes } from '../../src/node/parse/routes.js'
import { parseRules } from '../../src/node/parse/rules.js'
import { formatIp } from '../../src/wire/ip.js'
import { formatIpv6, parseIpv6 } from '../../src/wire/ipv6.js'
import { network } from '../../src/wire/subnet.js'
import { solicitedNodeOf } from '../../src/wire/write-discovery.js'
import { sampleHost } from './sample.js'

/** A host of IPv6 in the words of `ip`. Routes, groups and link-local addresses are made as the kernel makes them. */
export interface SampleHost6 {
  readonly links?: readonly (Partial<Link> & { readonly name: string })[]
  /** `2001:db8::1/64 eth0`, `2001:db8::240/128 eth0 tentative dadfailed` */
  readonly addresses?: readonly string[]
  /** Further routes, as `ip -6 route show table all` prints them. */
  readonly routes?: readonly string[]
  /** `eth0.proxy_ndp`: 1 */
  readonly conf?: Readonly<Record<string, number>>
  /** `2001:db8::50 eth0` */
  readonly proxied?: readonly string[]
  /** Groups that are not joined though an address is there: `ff02::1:ff00:240 eth0`. */
  readonly unjoined?: readonly string[]
  readonly more?: Partial<Host['sections']>
}

const NAMES = {
  accept_dad: 1,
  dad_transmits: 1,
  disable_ipv6: 0,
  drop_unsolicited_na: 0,
  forwarding: 0,
  ndisc_notify: 0,
  proxy_ndp: 0,
  suppress_frag_ndisc: 1,
  addr_gen_mode: 0,
}

export function sampleHost6(sample: SampleHost6 = {}): Host {
  const base = sampleHost({ ...(sample.links && { links: sample.links }), addresses: [] })
  const names = base.sections.links.known ? base.sections.links.value.map(({ name }) => name) : []
  const lines = sample.addresses ?? [
    'fe80::1/64 eth0',
    '2001:db8::1/64 eth0',
    'fe80::2/64 eth1',
    '2001:db8:1::1/64 eth1',
  ]
  const addresses = lines.flatMap((text, at) => {
    const [address = '', device, ...flags] = text.split(' ')
    const scope = address.startsWith('fe80') ? 'link' : 'global'
    return parseAddresses(`${at + 1}: ${device}    inet6 ${address} scope ${scope} ${flags.join(' ')}`) ?? []
  })
  const proxied = (sample.proxied ?? []).map((text) => text.split(' '))
  const own = [...addresses.map((one) => [one.ip, one.interface]), ...proxied]
  const unjoined = sample.unjoined ?? []
  const groups = own
    .map(([ip = '', device = '']) => ({ interface: device, group: formatIpv6(solicitedNodeOf(parseIpv6(ip)!)) }))
    .filter(({ interface: device, group }) => !unjoined.includes(`${group} ${device}`))
  const routes = [
    ...names.map((name) => `multicast ff00::/8 dev ${name} table local proto kernel metric 256`),
    ...addresses.flatMap(({ ip, prefix, interface: device, flags = [] }) => [
      ...(flags.includes('tentative') ? [] : [`local ${ip} dev ${device} table local proto kernel`]),
      ...(prefix < 128
        ? [`${formatIp(network(parseIpv6(ip)!, prefix))}/${prefix} dev ${device} proto kernel metric 256`]
        : []),
    ]),
    ...(sample.routes ?? []),
  ]
  const conf: Record<string, Record<string, number>> = Object.fromEntries(
    ['all', 'default', ...names].map((scope) => [scope, { ...NAMES }]),
  )
  for (const [key, value] of Object.entries(sample.conf ?? {})) {
    const [scope = '', name = ''] = key.split('.')
    conf[scope]![name] = value
  }
  const sysctls = base.sections.sysctls.known ? base.sections.sysctls.value : null
  const neigh6 = Object.fromEntries(names.map((name) => [name, { proxy_delay: 80 }]))
  const rules = ['0: from all lookup local', '32766: from all lookup main']
  return {
    ...base,
    sections: {
      ...base.sections,
      addresses: known(addresses, 'sample'),
      sysctls: known({ ...sysctls!, ipv6: conf, neigh6 }, 'sample'),
      routes: known(
        routes.flatMap((line) => parseRoutes(line, 6) ?? []),
        'sample',
      ),
      rules: known(
        rules.flatMap((line) => parseRules(line, 6) ?? []),
        'sample',
      ),
      solicitedGroups: known(groups, 'sample'),
      proxyNeighbours: known(
        proxied.map(([ip = '', device = '']) => ({ family: 6 as const, ip, interface: device })),
        'sample',
      ),
      ...sample.more,
    },
  }
}

export function ip6(text: string): bigint {
  const parsed = parseIpv6(text)
  if (parsed === null) throw new Error(`${text} is no address`)
  return parsed
}
