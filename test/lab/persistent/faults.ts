import type { NetworkManagerName } from '../../../src/node/model.js'
import { type Fault, VIP } from '../cures/faults.js'

/** A fault that stands in the files of node-a's network manager. */
export interface KeptFault extends Omit<Fault, 'hosts' | 'management' | 'client' | 'cluster'> {
  readonly manager: NetworkManagerName
  /** Under /etc. */
  readonly files: Readonly<Record<string, string>>
  /** node-b has the VIP. */
  readonly holder?: true
  /** Of node-a's kernel, before its manager starts. */
  readonly sysctls?: Readonly<Record<string, number>>
  /** The same, as shell lines. */
  readonly setup?: readonly string[]
}

const A = '02:00:00:00:00:11'
const B = '02:00:00:00:00:12'
const SVC = '02:00:00:00:01:11'
const WRONG = '02:00:00:00:09:99'

type Story = Omit<KeptFault, 'manager' | 'files'>

/** What is wrong, and what puts it right; each manager has its own way to say it. */
const STORIES = {
  left: { name: 'an address left behind', holder: true, flags: ['--expect-mac', B], right: B },
  missing: { name: 'an address that nobody holds', flags: ['--expect-mac', A], right: A },
  neighbour: {
    name: 'a wrong entry in the neighbour table',
    holder: true,
    right: B,
    shows: { host: 'node-a', run: `ip neigh show to ${VIP} | grep -o 'lladdr ${WRONG}' || true` },
  },
  noArp: {
    name: 'the interface of the address without ARP',
    sysctls: { 'net.ipv4.conf.eth0.arp_ignore': 1 },
    right: SVC,
  },
  port: {
    name: 'a bridge port with proxy_arp',
    right: A,
    shows: { host: 'node-a', run: "ip -d link show dev eth0 | grep -o '\\bproxy_arp on' || true" },
  },
  rule: { name: 'a policy rule before the local table', setup: ['ip rule del pref 0'], right: A },
} satisfies Record<string, Story>

type StoryName = keyof typeof STORIES

const kept = (
  manager: NetworkManagerName,
  files: Partial<Record<StoryName, Readonly<Record<string, string>>>>,
): KeptFault[] => Object.entries(files).map(([name, made]) => ({ ...STORIES[name as StoryName], manager, files: made }))

const text = (...lines: readonly string[]) => `${lines.join('\n')}\n`

const interfaces = (...lines: readonly string[]) => ({
  'network/interfaces': text('auto eth0', 'iface eth0 inet static', '    address 10.77.0.11/24', ...lines),
})

const IFUPDOWN = kept('ifupdown', {
  left: interfaces('', 'iface eth0 inet static', `    address ${VIP}/32`, '', '# the end'),
  missing: interfaces('    mtu 1500'),
  neighbour: interfaces(`    post-up ip neigh replace ${VIP} lladdr ${WRONG} dev eth0 nud permanent || true`),
  noArp: {
    'network/interfaces': 'source /etc/network/interfaces.d/*\n',
    'network/interfaces.d/eth0': text('auto eth0', 'iface eth0 inet static', '    address 10.77.0.11/24'),
    'network/interfaces.d/svc0': text(
      'auto svc0',
      'iface svc0 inet static',
      `    pre-up ip link add svc0 link eth0 address ${SVC} type macvlan mode bridge`,
      `    address ${VIP}/32`,
      '    post-up ip link set dev svc0 arp off',
    ),
  },
  port: {
    'network/interfaces': text(
      'auto eth0',
      'iface eth0 inet manual',
      '    up ip link set dev eth0 up',
      '',
      'auto br0',
      'iface br0 inet static',
      `    pre-up ip link add br0 address ${A} type bridge stp_state 0`,
      '    pre-up ip link set dev eth0 master br0',
      '    address 10.77.0.11/24',
      `    up ip address add ${VIP}/32 dev br0`,
      '    post-up ip link set dev eth0 type bridge_slave proxy_arp on',
    ),
  },
  rule: interfaces(
    `    up ip address add ${VIP}/32 dev eth0`,
    '    up ip rule add pref 100 lookup local',
    `    up ip rule add pref 50 to ${VIP} blackhole`,
  ),
})

const network = (name: string, ...lines: readonly string[]) => ({
  [`systemd/network/10-${name}.network`]: text('[Match]', `Name=${name}`, ...lines),
})
const uplink = (...lines: readonly string[]) =>
  network('eth0', '', '[Network]', 'LinkLocalAddressing=no', 'Address=10.77.0.11/24', ...lines)
const netdev = (name: string, ...lines: readonly string[]) => ({
  [`systemd/network/10-${name}.netdev`]: text('[NetDev]', `Name=${name}`, ...lines),
})

const NETWORKD = kept('systemd-networkd', {
  left: uplink(`Address=${VIP}/32`),
  missing: uplink(),
  neighbour: uplink('', '[Neighbor]', `Address=${VIP}`, `LinkLayerAddress=${WRONG}`),
  noArp: {
    ...uplink('MACVLAN=svc0'),
    ...netdev('svc0', 'Kind=macvlan', `MACAddress=${SVC}`, '', '[MACVLAN]', 'Mode=bridge'),
    ...network('svc0', '', '[Link]', 'ARP=no', '', '[Network]', 'LinkLocalAddressing=no', `Address=${VIP}/32`),
  },
  port: {
    ...network('eth0', '', '[Network]', 'Bridge=br0', '', '[Bridge]', 'ProxyARP=yes'),
    ...netdev('br0', 'Kind=bridge', `MACAddress=${A}`),
    ...network('br0', '', '[Network]', 'LinkLocalAddressing=no', 'Address=10.77.0.11/24', `Address=${VIP}/32`),
  },
  rule: uplink(
    `Address=${VIP}/32`,
    '',
    '[RoutingPolicyRule]',
    'Priority=100',
    'Table=local',
    '',
    '[RoutingPolicyRule]',
    `To=${VIP}`,
    'Priority=50',
    'Type=blackhole',
  ),
})

const netplan = (...lines: readonly string[]) => ({
  'netplan/50-cloud-init.yaml': text(
    'network:',
    '  version: 2',
    '  renderer: networkd',
    '  ethernets:',
    '    eth0:',
    '      link-local: []',
    ...lines,
  ),
})

const NETPLAN = kept('netplan', {
  left: netplan('      addresses:', '        - 10.77.0.11/24', `        - ${VIP}/32`),
  missing: netplan('      addresses: [10.77.0.11/24]'),
})

const connection = (name: string, type: string, number: number, ...lines: readonly string[]) => ({
  [`NetworkManager/system-connections/${name}.nmconnection`]: text(
    '[connection]',
    `id=${name}`,
    `uuid=00000000-0000-4000-8000-00000000000${number}`,
    `type=${type}`,
    `interface-name=${name}`,
    ...lines,
  ),
})
const NM_CONF = {
  'NetworkManager/NetworkManager.conf': text(
    '[main]',
    'plugins=keyfile',
    'auth-polkit=false',
    'dns=none',
    'no-auto-default=*',
    '',
    '[keyfile]',
    'unmanaged-devices=interface-name:mgmt*',
  ),
}
const wired = (...lines: readonly string[]) => ({
  ...NM_CONF,
  ...connection(
    'eth0',
    'ethernet',
    1,
    '[ipv6]',
    'method=disabled',
    '[ipv4]',
    'method=manual',
    'address1=10.77.0.11/24',
    ...lines,
  ),
})

const NETWORK_MANAGER = kept('NetworkManager', {
  left: wired(`address2=${VIP}/32`),
  missing: wired(),
  rule: wired(
    `address2=${VIP}/32`,
    'routing-rule1=priority 100 from 0.0.0.0/0 table 255',
    `routing-rule2=priority 50 to ${VIP} type blackhole`,
  ),
})

export const KEPT_FAULTS: readonly KeptFault[] = [...IFUPDOWN, ...NETWORKD, ...NETPLAN, ...NETWORK_MANAGER]
