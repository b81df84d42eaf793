import type { BareLink } from '../../src/node/roles.js'

/** A link of which a test only says what matters to it. */
export function bareLink(name: string, more: Partial<BareLink> = {}): BareLink {
  return {
    name,
    index: 2,
    mac: 0x02_00_00_00_00_01,
    permanentMac: null,
    flags: ['UP'],
    operstate: 'UP',
    mtu: 1500,
    master: null,
    parent: null,
    promiscuity: 0,
    promiscuousFlag: false,
    kind: null,
    wireless: false,
    bridge: null,
    bridgePort: null,
    bond: null,
    vlanId: null,
    macvlanMode: null,
    ...more,
  }
}
