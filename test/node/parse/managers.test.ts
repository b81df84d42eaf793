import { describe, expect, it } from 'vitest'
import { parseManagers, parseOwners } from '../../../src/node/parse/managers.js'

describe('what configures the network', () => {
  it('is seen by the files that it leaves', () => {
    expect(parseManagers('/etc/network/interfaces\n/run/systemd/netif/links/2:NETWORK_FILE=/etc/x.network')).toEqual([
      'systemd-networkd',
      'ifupdown',
    ])
  })

  it('names the file of each interface, as what runs says it before what a stanza says', () => {
    const text = `/etc/NetworkManager/system-connections/a b.nmconnection:uuid=u1
/run/NetworkManager/system-connections/lo.nmconnection:uuid=u2
/etc/sysconfig/network-scripts/ifcfg-eth3:UUID="u3"
/etc/network/interfaces:iface eth0 inet static
/etc/network/interfaces.d/x:  iface eth9 inet6 manual
/run/systemd/netif/links/2:NETWORK_FILE=/etc/systemd/network/10-eth0.network
/run/systemd/netif/links/3:NETWORK_FILE=/run/systemd/network/10-netplan-eth1.network
/run/NetworkManager/devices/1:connection-uuid=u2
/run/NetworkManager/devices/4:connection-uuid=u1
/run/NetworkManager/devices/5:connection-uuid=u3
/sys/class/net/lo/ifindex:1
/sys/class/net/eth0/ifindex:2
/sys/class/net/eth1/ifindex:3
/sys/class/net/eth2/ifindex:4
/sys/class/net/eth3/ifindex:5
`
    const said = parseOwners(text).map(({ interface: name, manager, file, connection }) => [
      name,
      manager,
      file,
      connection,
    ])
    expect(said.sort()).toEqual([
      ['eth0', 'systemd-networkd', '/etc/systemd/network/10-eth0.network', null],
      ['eth1', 'netplan', '/run/systemd/network/10-netplan-eth1.network', null],
      ['eth2', 'NetworkManager', '/etc/NetworkManager/system-connections/a b.nmconnection', 'u1'],
      ['eth3', 'NetworkManager', '/etc/sysconfig/network-scripts/ifcfg-eth3', 'u3'],
      ['eth9', 'ifupdown', '/etc/network/interfaces.d/x', null],
    ])
  })
})
