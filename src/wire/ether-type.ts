/** EtherTypes as IANA lists them (ieee-802-numbers); tags as in IEEE 802.1Q and 802.1ad. Read by the core as well (src/observe/core). */
export const ipv4 = 0x0800
export const arp = 0x0806
export const ipv6 = 0x86dd
export const vlan = 0x8100
export const providerVlan = 0x88a8
export const oldProviderVlan = 0x9100
/** These carry Ethernet without an IP header. */
export const mpls = 0x8847
export const mplsUpstream = 0x8848
export const pbb = 0x88e7
export const macsec = 0x88e5
