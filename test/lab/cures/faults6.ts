import type { HostSpec } from '../../../src/lab/model.js'
import type { Fault } from './faults.js'

const VIP = 'fd77::240'
const A = '02:00:00:00:00:11'
const B = '02:00:00:00:00:12'

const a = (more: Partial<HostSpec> = {}): HostSpec => ({ name: 'node-a', address6: 'fd77::11/64', ...more })
const b = (more: Partial<HostSpec> = {}): HostSpec => ({ name: 'node-b', address6: 'fd77::12/64', ...more })
const holds = { vips: [VIP] }
const conf = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`net.ipv6.conf.${key}`, value]))
const nft = (family: string, hook: string, rule: string, more = ''): string[] => [
  `nft add table ${family} guard`,
  `nft 'add chain ${family} guard in { type filter hook ${hook} ${more}priority 0; }'`,
  `nft 'add rule ${family} guard in ${rule}'`,
]
/** A link that leads nowhere. */
const aside = (name: string) => [
  `ip link add ${name} type veth peer name ${name}p`,
  `ip link set ${name} up`,
  `ip link set ${name}p up`,
]
/** Duplicate address detection as a kernel does it, which the lab switches off. */
const DETECTS = conf({ 'eth0.accept_dad': 1, 'eth0.dad_transmits': 1 })
const ROUTER = { 'all.forwarding': 1, 'eth0.forwarding': 1 }
const DUPLICATE = `ip -6 addr add ${VIP}/128 dev eth0; for i in $(seq 50); do ip -6 addr show dadfailed | grep -q ${VIP} && exit 0; sleep 0.1; done; exit 1`

const SIX: readonly Omit<Fault, 'vip'>[] = [
  {
    name: 'two holders, and the operator says which is right',
    hosts: [a(holds), b(holds)],
    flags: ['--expect-mac', B],
    right: B,
  },
  { name: 'two holders, and nobody says which is right', hosts: [a(holds), b(holds)], right: null },
  {
    name: 'an address that has two network cards of one host',
    hosts: [
      a({
        ...holds,
        setup: [
          'ip link add eth1 link eth0 address 02:00:00:00:01:11 type macvlan mode bridge',
          'ip link set eth1 up',
          `ip addr add ${VIP}/128 dev eth1 nodad`,
        ],
      }),
    ],
    flags: ['--expect-mac', A],
    right: A,
  },
  { name: 'a proxy entry that should not be', hosts: [a({ proxies: [VIP] }), b(holds)], right: B },
  {
    name: 'a proxy entry without proxy_ndp',
    hosts: [
      a({
        sysctls: conf(ROUTER),
        setup: [...aside('back0'), `ip -6 route add ${VIP}/128 dev back0`, `ip neigh add proxy ${VIP} dev eth0`],
      }),
    ],
    flags: ['--expect-mac', A],
    right: A,
  },
  {
    name: 'a proxy entry on a host that does not forward',
    hosts: [
      a({
        sysctls: conf({ 'eth0.proxy_ndp': 1 }),
        setup: [...aside('back0'), `ip -6 route add ${VIP}/128 dev back0`, `ip neigh add proxy ${VIP} dev eth0`],
      }),
    ],
    flags: ['--expect-mac', A],
    right: A,
  },
  {
    name: 'no proxy entry on the router before the address',
    hosts: [
      a({
        sysctls: conf({ ...ROUTER, 'eth0.proxy_ndp': 1 }),
        setup: [...aside('back0'), `ip -6 route add ${VIP}/128 dev back0`],
      }),
    ],
    flags: ['--expect-mac', A],
    right: A,
  },
  {
    name: 'an address whose detection failed, while the other machine is there',
    hosts: [a({ sysctls: DETECTS }), b(holds)],
    afterwards: [['node-a', DUPLICATE]],
    right: null,
  },
  {
    name: 'an address whose detection failed, and the other machine is gone',
    hosts: [a({ sysctls: DETECTS }), b(holds)],
    afterwards: [
      ['node-a', DUPLICATE],
      ['node-b', `ip -6 addr del ${VIP}/128 dev eth0`],
    ],
    right: A,
    staysCured: true,
  },
  {
    name: 'an address that stays tentative',
    hosts: [
      a({
        sysctls: conf({ 'eth0.accept_dad': 1, 'eth0.dad_transmits': 200 }),
        setup: [`ip -6 addr add ${VIP}/128 dev eth0`],
      }),
    ],
    right: A,
    staysCured: true,
  },
  {
    name: 'an nft rule that drops solicitations for the address',
    hosts: [
      a({
        ...holds,
        setup: nft('inet', 'input', `icmpv6 type nd-neighbor-solicit ip6 daddr ff02::1:ff00:240 counter drop`),
      }),
    ],
    right: A,
  },
  {
    name: 'an nft rule that drops all solicitations',
    hosts: [a({ ...holds, setup: nft('ip6', 'input', 'icmpv6 type nd-neighbor-solicit drop') })],
    right: A,
  },
  {
    name: 'an nft rule that drops advertisements on their way out',
    hosts: [a({ ...holds, setup: nft('inet', 'output', 'icmpv6 type { nd-neighbor-advert, nd-redirect } drop') })],
    right: A,
  },
  {
    name: 'an nft chain that accepts no neighbour discovery',
    hosts: [
      a({
        ...holds,
        setup: [
          ...nft('inet', 'input', 'tcp dport 22 accept'),
          "nft 'add rule inet guard in ct state established,related accept'",
          "nft 'add rule inet guard in ip protocol icmp accept'",
          "nft 'add chain inet guard in { policy drop; }'",
        ],
      }),
    ],
    right: A,
  },
  {
    name: 'an nft rule of family netdev',
    hosts: [
      a({
        ...holds,
        setup: nft(
          'netdev',
          'ingress',
          `icmpv6 type nd-neighbor-solicit ip6 daddr ff02::1:ff00:240 drop`,
          'device eth0 ',
        ),
      }),
    ],
    right: A,
  },
  {
    name: 'a wrong entry in the neighbour table of the asker',
    hosts: [a(holds)],
    client: [`ip -6 neigh replace ${VIP} lladdr 02:00:00:00:09:99 dev eth0 nud permanent`],
    right: A,
    shows: { host: 'client', run: `ip -6 neigh show to ${VIP} | grep -o 'lladdr 02:00:00:00:09:99' || true` },
  },
  {
    name: 'a wrong entry in the neighbour table of another host',
    hosts: [a(holds), b({ setup: [`ip -6 neigh replace ${VIP} lladdr 02:00:00:00:09:99 dev eth0 nud permanent`] })],
    right: A,
    shows: { host: 'node-b', run: `ip -6 neigh show to ${VIP} | grep -o 'lladdr 02:00:00:00:09:99' || true` },
  },
  {
    name: 'the address on lo, where no solicitation asks for it',
    hosts: [a({ setup: [`ip -6 addr add ${VIP}/128 dev lo`] })],
    right: A,
  },
  {
    name: 'the address on a link that the segment does not reach',
    hosts: [a({ setup: [...aside('svc0'), `ip -6 addr add ${VIP}/128 dev svc0 nodad`] })],
    right: A,
  },
  {
    name: 'IPv6 switched off, and the operator says who should answer',
    hosts: [{ name: 'node-a', setup: ['echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6'] }, b()],
    flags: ['--expect-mac', A],
    right: A,
  },
  {
    name: 'nobody holds the address, and the operator says who should',
    hosts: [a(), b()],
    flags: ['--expect-mac', A],
    right: A,
  },
]

export const FAULTS6: readonly Fault[] = SIX.map((fault) => ({ ...fault, name: `IPv6: ${fault.name}`, vip: VIP }))
