import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/answering/change/model.js'
import { CHANGE_FORMS, parseChange } from '../../../src/answering/change/parse.js'
import { known } from '../../../src/known.js'
import type { Host, InterfaceOwner, NetworkManagerName } from '../../../src/node/model.js'
import { commandOf } from '../../../src/rules/changes/command.js'
import { renderHostFix } from '../../../src/rules/changes/host-fix.js'
import { SYSCTL_FILE } from '../../../src/rules/changes/sysctl-file.js'

const sysctls = {
  ipv4: { all: { arp_ignore: 1 }, eth0: { arp_ignore: 3 } },
  ipv6: {},
  neigh4: {},
  neigh6: {},
  bridge: {},
  ipForward: 0,
}

function host(managers: readonly NetworkManagerName[], owners: readonly InterfaceOwner[] = []): Host {
  const rules = ['accept', 'arp daddr ip 10.0.0.1 drop', 'drop']
  const chains = [{ tool: 'nft', family: 'arp', table: 'guard', name: 'in', rules, handles: [2, 3, 4] }]
  const sections = {
    sysctls: known(sysctls, 'test'),
    managers: known(managers, 'test'),
    owners: known(owners, 'test'),
    links: known([], 'test'),
    addresses: known([], 'test'),
    routes: known([], 'test'),
    filterChains: known({ chains, unread: null }, 'test'),
  }
  return { name: 'a', address: 'a', reached: true, sections } as unknown as Host
}

const change = (text: string) => parseChange(text)!
const render = (changes: readonly Change[], on: Host | null = host([])) =>
  renderHostFix({ summary: '', node: 'a', changes }, on)

describe('a fix of a host', () => {
  it('has the runtime form, the persistent form and the undo of a setting from its change', () => {
    expect(render([change('net.ipv4.conf.eth0.arp_ignore=1')])).toEqual({
      summary: '',
      risk: 'none',
      where: 'node',
      node: 'a',
      steps: [
        {
          kind: 'runtime',
          text: 'Set net.ipv4.conf.eth0.arp_ignore to 1',
          run: 'sysctl -w net.ipv4.conf.eth0.arp_ignore=1',
          change: { kind: 'sysctl', key: 'net.ipv4.conf.eth0.arp_ignore', value: 1 },
        },
        {
          kind: 'persistent',
          text: expect.stringContaining(SYSCTL_FILE),
          run: `printf '%s\\n' 'net.ipv4.conf.eth0.arp_ignore = 1' >> ${SYSCTL_FILE}`,
        },
      ],
      sideEffects: ['Addresses on lo or another interface are no longer answered for.'],
      verify: 'sysctl net.ipv4.conf.eth0.arp_ignore',
      undo: `sysctl -w net.ipv4.conf.eth0.arp_ignore=3 && sed -i '\\|^net.ipv4.conf.eth0.arp_ignore = 1$|d' ${SYSCTL_FILE}`,
    })
  })

  it('undoes the last change first', () => {
    const { undo } = render([change('address-del=10.0.0.1/32@eth0'), change('link-arp=on@eth0')])
    expect(undo).toBe('ip link set dev eth0 arp off && ip address add 10.0.0.1/32 dev eth0')
  })

  it('puts a rule of a packet filter back where it stood', () => {
    const del = (at: number, rule: string) => change(`filter-del=nft arp guard in ${at}#${at + 2}: ${rule}`)
    const middle = del(1, 'arp daddr ip 10.0.0.1 drop')
    expect(render([middle]).undo).toBe("nft insert rule arp guard in index 1 'arp daddr ip 10.0.0.1 drop'")
    expect(render([del(0, 'accept')]).undo).toBe('nft insert rule arp guard in accept')
    expect(render([del(2, 'drop')]).undo).toBe('nft add rule arp guard in drop')
    // the one deleted last is the last of its chain by then, and comes back first
    expect(render([del(2, 'drop'), middle]).undo).toBe(
      "nft add rule arp guard in 'arp daddr ip 10.0.0.1 drop' && nft add rule arp guard in drop",
    )
  })

  it('says of a rule what it kept out, and which files to look through', () => {
    const { steps, sideEffects } = render([change('filter-del=nft arp guard in 1#3: arp daddr ip 10.0.0.1 drop')])
    expect(sideEffects?.[0]).toContain('arp daddr ip 10.0.0.1 drop')
    expect(steps.map(({ kind, run }) => [kind, run])).toEqual([
      ['runtime', 'nft delete rule arp guard in handle 3'],
      ['look', expect.stringMatching(/^grep -rnsF -e 10.0.0.1 \/etc\/nftables.conf /)],
      ['persistent', undefined],
    ])
  })

  it('does not invent a former value that it has not read', () => {
    expect(render([change('net.ipv4.conf.eth1.rp_filter=2')]).undo).toBe(
      'Set what was changed back to its former value.',
    )
    expect(render([change('net.ipv4.conf.eth0.arp_ignore=2')], null).undo).toMatch(/former value/)
  })

  const OWNERS: readonly (readonly [readonly NetworkManagerName[], string])[] = [
    [['netplan', 'systemd-networkd'], '/etc/netplan'],
    [['NetworkManager'], '/etc/NetworkManager/system-connections'],
    [['systemd-networkd'], '/etc/systemd/network'],
    [['ifupdown'], '/etc/network/interfaces'],
    [[], 'not known'],
  ]
  it.each(OWNERS)('names the file of the manager that owns an address: %s', (managers, file) => {
    const { steps } = render([change('address-del=10.0.0.1/32@eth0')], host(managers))
    const persistent = steps.filter(({ kind }) => kind === 'persistent').map(({ text }) => text)
    expect(persistent).toEqual([expect.stringContaining(file)])
  })

  const LINK_OWNERS = [
    ['netplan', 'activation-mode'],
    ['NetworkManager', 'autoconnect=true'],
    ['systemd-networkd', 'ActivationPolicy=up'],
    ['ifupdown', '`auto eth0` in /etc/network/interfaces'],
  ] as const
  it.each(LINK_OWNERS)('keeps a link up by the key that its manager has: %s', (manager, key) => {
    const { steps } = render([change('link-up=on@eth0')], host([manager]))
    expect(steps.at(-1)).toMatchObject({ kind: 'persistent', text: expect.stringContaining(key) })
  })

  const FILED: readonly (readonly [NetworkManagerName, string, string | null, string, string])[] = [
    [
      'ifupdown',
      '/etc/network/interfaces.d/eth0',
      null,
      'route-add=10.1.0.0/16 via 10.0.0.9 dev eth0',
      "printf '%s\\n' '' 'iface eth0 inet manual' '    post-up ip route add 10.1.0.0/16 via 10.0.0.9 dev eth0' >> /etc/network/interfaces.d/eth0",
    ],
    [
      'systemd-networkd',
      '/etc/systemd/network/10-eth0.network',
      null,
      'link-arp=on@eth0',
      "mkdir -p /etc/systemd/network/10-eth0.network.d && printf '%s\\n' '[Link]' ARP=yes > /etc/systemd/network/10-eth0.network.d/99-l2-vip-arp.conf",
    ],
    [
      'netplan',
      '/run/systemd/network/10-netplan-eth0.network',
      null,
      'address-add=10.0.0.1/32@eth0',
      "mkdir -p /etc/systemd/network/10-netplan-eth0.network.d && printf '%s\\n' '[Address]' Address=10.0.0.1/32 > /etc/systemd/network/10-netplan-eth0.network.d/99-l2-vip-10.0.0.1.conf",
    ],
    [
      'NetworkManager',
      '/etc/NetworkManager/system-connections/a b.nmconnection',
      'c0ffee',
      'address-del=10.0.0.1/32@eth0',
      'nmcli connection modify uuid c0ffee -ipv4.addresses 10.0.0.1/32',
    ],
  ]
  it.each(FILED)('writes the file of the interface itself: %s', (manager, file, connection, text, run) => {
    const steps = (device: string) =>
      render([change(text)], host([manager], [{ interface: device, manager, file, connection }])).steps
    expect(steps('eth0').at(-1)).toMatchObject({ kind: 'persistent', text: expect.stringContaining(file), run })
    expect(steps('eth1').at(-1)?.run).toBeUndefined()
    expect(steps('eth1').at(-1)?.text).toContain('no file of it sets up eth0')
  })

  it('says which settings of an interface systemd-networkd writes itself', () => {
    const text = (key: string, manager: NetworkManagerName) =>
      render([change(`${key}=0`)], host([manager])).steps.find(({ kind }) => kind === 'persistent')?.text
    const [own, all] = ['net.ipv4.conf.eth0.rp_filter', 'net.ipv4.conf.all.rp_filter']
    expect(text(own, 'systemd-networkd')).toContain('IPv4ReversePathFilter= stands in /etc/systemd/network')
    expect(text(all, 'systemd-networkd')).toContain('a network manager or the CNI may set it again')
    expect(text(own, 'ifupdown')).toContain('a network manager or the CNI may set it again')
    expect(text('net.ipv4.conf.eth0.arp_ignore', 'systemd-networkd')).not.toContain('/etc/systemd/network')
  })

  it("uses the manager's own key for a bridge port where it has one", () => {
    const texts = (text: string) => render([change(text)], host(['systemd-networkd'])).steps.map(({ text }) => text)
    expect(texts('port-proxy_arp=off@eth0')[1]).toContain('ProxyARP=no')
    expect(texts('port-bcast_flood=on@eth0')[1]).toContain('ip link set dev eth0 type bridge_slave bcast_flood on')
  })

  const EXAMPLES = [
    ['net.ipv4.ip_forward=1', 'sysctl -w net.ipv4.ip_forward=1'],
    ['address-add=10.0.0.1/24@eth0', 'ip address add 10.0.0.1/24 dev eth0'],
    ['route-add=default via 10.0.0.1 dev eth0 table 100', 'ip route add default via 10.0.0.1 dev eth0 table 100'],
    ['rule-add=1000: from 10.0.0.0/24 lookup 100', 'ip rule add priority 1000 from 10.0.0.0/24 lookup 100'],
    ['rule-del=50: from all to 10.0.0.1 blackhole', 'ip rule del priority 50 from all to 10.0.0.1/32 blackhole'],
    ['proxy-del=10.0.0.1@eth0', 'ip neigh del proxy 10.0.0.1 dev eth0'],
    ['neighbour-del=10.0.0.1 lladdr 02:00:00:00:00:01 permanent@eth0', 'ip neigh del 10.0.0.1 dev eth0'],
    [
      'neighbour-add=10.0.0.1 lladdr 02:00:00:00:00:01@eth0',
      'ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud stale',
    ],
    ['port-hairpin=off@eth0', 'ip link set dev eth0 type bridge_slave hairpin off'],
    ['link-arp=on@eth0', 'ip link set dev eth0 arp on'],
    ['link-up=on@eth0', 'ip link set dev eth0 up'],
    ['link-mac=02:00:00:00:00:01@eth0', 'ip link set dev eth0 address 02:00:00:00:00:01'],
    ['filter-del=nft arp guard in 1#3: drop', 'nft delete rule arp guard in handle 3'],
    [
      'filter-del=nft arp guard in 1: arp htype 1 accept',
      "nft delete rule arp guard in handle $(nft -a list chain arp guard in | grep -F -e 'arp htype 1 accept # handle' | head -n 1 | sed 's/.* //')",
    ],
    [
      'filter-add=nft arp guard in 1: iifname "eth0" drop',
      `nft insert rule arp guard in index 1 'iifname "eth0" drop'`,
    ],
    ['filter-del=ebtables bridge nat PREROUTING 0: -j DROP', 'ebtables -t nat -D PREROUTING 1'],
    [
      'filter-add=ebtables bridge filter INPUT 1: -p ARP -j DROP',
      "ebtables -t filter -I INPUT 2 '-p' 'ARP' '-j' 'DROP'",
    ],
    [
      'filter-add=arptables arp filter INPUT end: -s 10.0.0.1 -j DROP',
      "arptables -A INPUT '-s' '10.0.0.1' '-j' 'DROP'",
    ],
  ] as const
  it.each(EXAMPLES)('%s is %s', (text, command) => {
    expect(commandOf(change(text))).toBe(command)
  })

  it('knows every kind that can be predicted', () => {
    const kinds = new Set(CHANGE_FORMS.map((form) => /^(?:net|\w+)/.exec(form)![0]))
    expect(new Set(EXAMPLES.map(([text]) => /^(?:net|\w+)/.exec(text)![0]))).toEqual(kinds)
  })
})
