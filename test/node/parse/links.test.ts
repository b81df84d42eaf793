import { describe, expect, it } from 'vitest'
import { parseLinks } from '../../../src/node/parse/links.js'
import { linksFromSysfs } from '../../../src/node/parse/sysfs.js'

// after iproute2 6.1: ip/iplink_bond.c, ip/iplink_vlan.c, ip/iplink_macvlan.c, ip/iplink_bridge.c
const JSON_LINKS = JSON.stringify([
  {
    ifindex: 5,
    ifname: 'bond0',
    flags: ['BROADCAST', 'MULTICAST', 'MASTER', 'UP', 'LOWER_UP'],
    mtu: 9000,
    operstate: 'UP',
    address: '02:00:00:00:00:05',
    promiscuity: 0,
    linkinfo: {
      info_kind: 'bond',
      info_data: { mode: 'active-backup', fail_over_mac: 'active', active_slave: 'eno1' },
    },
  },
  {
    ifindex: 6,
    link: 'bond0',
    ifname: 'bond0.100',
    flags: ['UP'],
    mtu: 1500,
    operstate: 'UP',
    address: '02:00:00:00:00:05',
    linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 100, flags: ['REORDER_HDR'] } },
  },
  {
    ifindex: 7,
    link: 'bond0',
    ifname: 'vip-1',
    flags: ['UP'],
    operstate: 'UP',
    address: '02:00:00:00:00:07',
    linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } },
  },
  { ifindex: 8, ifname: 'eno1', master: 'bond0', address: '02:00:00:00:00:05', permaddr: '02:00:00:00:00:08' },
  {
    ifindex: 9,
    ifname: 'br0',
    linkinfo: { info_kind: 'bridge', info_data: { vlan_filtering: 1, stp_state: 0, nf_call_iptables: 1 } },
  },
])

describe('ip -d -j link', () => {
  const links = Object.fromEntries(parseLinks(JSON_LINKS)!.map((link) => [link.name, link]))

  it('reads bonds, VLANs, macvlans and bridges', () => {
    expect(links['bond0']?.bond).toEqual({ mode: 'active-backup', failOverMac: 'active', activeMember: 'eno1' })
    expect(links['bond0.100']).toMatchObject({ parent: 'bond0', vlanId: 100, kind: 'vlan' })
    expect(links['vip-1']).toMatchObject({ parent: 'bond0', macvlanMode: 'bridge' })
    expect(links['eno1']).toMatchObject({ master: 'bond0', permanentMac: 0x020000000008, bridgePort: null })
    expect(links['br0']?.bridge).toMatchObject({
      vlanFiltering: true,
      nfCallIptables: true,
    })
  })

  it.each(['', '[]', '[{}]', '[null, 1, "x", []]'])('finds no links in %j', (text) => {
    expect(parseLinks(text)).toEqual([])
  })

  it.each(['{', '{}', 'null', '[', `${'['.repeat(100_000)}`])('takes %.20s for unreadable', (text) => {
    expect(parseLinks(text)).toBeNull()
  })

  it('lives with fields of the wrong kind', () => {
    const [link] = parseLinks('[{"ifname":"eth0","ifindex":2,"flags":"UP","mtu":"big","address":7,"linkinfo":[]}]')!
    expect(link).toMatchObject({ flags: [], mtu: 0, mac: null, kind: null })
  })
})

describe('links from sysfs alone', () => {
  const flags = [
    '/sys/class/net/bond0.7/flags:0x1003',
    '/sys/class/net/bond0/flags:0x1503',
    '/sys/class/net/wlan0/flags:0x1003',
    '/sys/class/net/wlan0/phy80211:',
  ].join('\n')
  const files = [
    '/sys/class/net/bond0.7/ifindex:4',
    '/sys/class/net/bond0.7/uevent:DEVTYPE=vlan',
    '/sys/class/net/bond0.7/uevent:INTERFACE=bond0.7',
    '/sys/class/net/bond0.7/lower_bond0:',
    '/sys/class/net/bond0/ifindex:3',
    '/sys/class/net/bond0/operstate:up',
    '/sys/class/net/bond0/uevent:DEVTYPE=bond',
    '/sys/class/net/bond0/bonding/mode:balance-alb 6',
    '/sys/class/net/bond0/bonding/fail_over_mac:none 0',
    '/sys/class/net/bond0/bonding/active_slave:eth0',
    '/sys/class/net/wlan0/ifindex:5',
    '/sys/class/net/wlan0/uevent:DEVTYPE=wlan',
    '/proc/net/vlan/bond0.7:bond0.7  VID: 7\t REORDER_HDR: 1  dev->priv_flags: 1021',
  ].join('\n')
  const links = Object.fromEntries(linksFromSysfs(files, flags)!.map((link) => [link.name, link]))

  it('knows kinds, parents, VLAN ids and the bond', () => {
    expect(links['bond0.7']).toMatchObject({ kind: 'vlan', parent: 'bond0', vlanId: 7 })
    expect(links['bond0']).toMatchObject({ kind: 'bond', operstate: 'UP', promiscuousFlag: true, promiscuity: null })
    expect(links['bond0']?.bond).toEqual({ mode: 'balance-alb', failOverMac: 'none', activeMember: 'eth0' })
    expect(links['wlan0']).toMatchObject({ kind: null, wireless: true })
  })

  it('has none where there is nothing', () => {
    expect(linksFromSysfs('', '')).toBeNull()
  })
})
