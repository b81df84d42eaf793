import type { Change } from '../../answering/change/model.js'

/** What every change of a kind costs, whoever proposes it. */
export function effectsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'sysctl':
      return SYSCTLS.flatMap(([name, effects]) => (name.test(`${change.key}=${change.value}`) ? effects : []))
    case 'address-add':
      return [`If a failover gives ${change.address.ip} to another machine later, both answer for it.`]
    case 'rule-del':
    case 'route-del':
      return ['Whatever it led elsewhere takes the ordinary way again.']
    case 'address-del':
      return [`Connections to ${change.address.ip} that end on this host break.`]
    case 'proxy-del':
      return [`Machines that reached ${change.ip} through this host lose it.`]
    case 'port':
      return PORTS[`${change.flag} ${change.on ? 'on' : 'off'}`] ?? []
    case 'link':
      return change.flag === 'up' && !change.on ? ['Everything that runs over the interface stops.'] : []
    case 'link-mac':
      return ['Neighbours send to the former MAC until they ask again.']
    case 'filter-del':
      return [
        `All that the rule kept out comes in again: ${change.rule}.`,
        'Somebody may have put the rule there on purpose; firewalld, a CNI or a hypervisor puts its own rules back.',
      ]
    case 'filter-add':
      return [`The rules that come after it in the chain ${change.chain} no longer see these frames.`]
    default:
      return []
  }
}

/** By `KEY=VALUE`. */
const SYSCTLS: readonly (readonly [change: RegExp, effects: readonly string[]])[] = [
  [/\.arp_ignore=[12]$/, ['Addresses on lo or another interface are no longer answered for.']],
  [/\.arp_ignore=0$/, ['The interface answers for every address of the host, those on lo included.']],
  [/\.arp_filter=0$/, ['Every interface on a segment may answer for the address of another.']],
  [/\.proxy_arp=0$/, ['Addresses that were reachable only through this proxy stop answering.']],
  [
    /\.proxy_arp_pvlan=0$/,
    ['Hosts that a private VLAN keeps apart reach each other only through a router that answers for them.'],
  ],
  [/\.drop_gratuitous_arp=0$/, ['Spoofed announcements are believed too.']],
  [/\.proxy_ndp=1$/, ['The proxy entries of other addresses take effect too.']],
  [
    /ipv6\.conf\..+\.forwarding=1$/,
    [
      'The machine routes between its networks; its firewall should be ready for that.',
      'It takes no more router advertisements where accept_ra is 1.',
    ],
  ],
  [/ip_forward=1$/, ['The machine routes between its networks; its firewall should be ready for that.']],
]

const PORTS: Readonly<Record<string, readonly string[]>> = {
  'bcast_flood on': ['The port carries broadcasts again.'],
  'flood on': ['The port carries frames for unknown MACs again.'],
  'isolated off': ['The port reaches the other isolated ports of the bridge.'],
  'hairpin off': ['What relied on frames that leave by the port they came in on stops.'],
}
