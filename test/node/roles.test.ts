import { describe, expect, it } from 'vitest'
import type { InterfaceAddress } from '../../src/node/model.js'
import { type BareLink, holders, withRoles } from '../../src/node/roles.js'
import { bareLink } from './sample.js'

const address = (name: string, ip: string): InterfaceAddress => ({
  interface: name,
  family: 4,
  ip,
  prefix: 24,
  scope: 'global',
})
const roles = (links: BareLink[], addresses: InterfaceAddress[] = []) =>
  Object.fromEntries(
    withRoles(links, addresses).map(({ name, role, facesSegment }) => [name, facesSegment ? `${role}, facing` : role]),
  )

describe('interface roles', () => {
  it('follows the segment from NIC to bond to bridge to VLAN', () => {
    const links = [
      bareLink('lo', { flags: ['LOOPBACK', 'UP'] }),
      bareLink('eno1', { master: 'bond0' }),
      bareLink('bond0', { kind: 'bond', master: 'br0' }),
      bareLink('br0', { kind: 'bridge' }),
      bareLink('br0.7', { kind: 'vlan', parent: 'br0' }),
      bareLink('vip-1', { kind: 'macvlan', parent: 'br0.7' }),
    ]
    expect(roles(links)).toEqual({
      lo: 'loopback',
      eno1: 'bond-member, facing',
      bond0: 'bridge-port, facing',
      br0: 'bridge, facing',
      'br0.7': 'vlan, facing',
      'vip-1': 'macvlan, facing',
    })
  })

  it('keeps pods apart from the segment', () => {
    const links = [
      bareLink('eth0'),
      bareLink('cali12ab', { kind: 'veth' }),
      bareLink('lxc1234', { kind: 'veth' }),
      bareLink('veth77', { kind: 'veth', master: 'cni0' }),
      bareLink('cni0', { kind: 'bridge' }),
      bareLink('tap3f', { kind: 'tun' }),
      bareLink('kube-ipvs0', { kind: 'dummy' }),
      bareLink('flannel.1', { kind: 'vxlan', parent: 'eth0' }),
    ]
    expect(roles(links)).toEqual({
      eth0: 'uplink, facing',
      cali12ab: 'cni-veth',
      lxc1234: 'cni-veth',
      veth77: 'cni-veth',
      cni0: 'bridge',
      tap3f: 'cni-veth',
      'kube-ipvs0': 'ipvs',
      'flannel.1': 'tunnel',
    })
  })

  it('takes the veth of a node that is itself a container for its NIC', () => {
    const links = [bareLink('eth0', { kind: 'veth' }), bareLink('veth0', { kind: 'veth' })]
    expect(roles(links, [address('veth0', '10.0.0.2')])).toEqual({ eth0: 'uplink, facing', veth0: 'uplink, facing' })
  })

  it('finds who holds a VIP', () => {
    const addresses = [address('eth0', '10.0.0.2'), address('lo', '10.0.0.240')]
    expect(holders(addresses, ['10.0.0.240'])).toEqual([addresses[1]])
  })
})
