/** The link types that the decoder reads (LINKTYPE_ values, https://www.tcpdump.org/linktypes.html). */
export const LINK_TYPE = { ethernet: 1, linuxSll: 113, linuxSll2: 276 } as const

/** Names of the link types met in practice; the ones we read included. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'EN10MB',
  6: 'IEEE802_5',
  8: 'SLIP',
  9: 'PPP',
  10: 'FDDI',
  12: 'RAW',
  14: 'RAW',
  50: 'PPP_SERIAL',
  51: 'PPP_ETHER',
  101: 'RAW',
  104: 'C_HDLC',
  105: 'IEEE802_11',
  107: 'FRELAY',
  108: 'LOOP',
  113: 'LINUX_SLL',
  117: 'PFLOG',
  119: 'PRISM_HEADER',
  122: 'IP_OVER_FC',
  127: 'IEEE802_11_RADIO',
  129: 'ARCNET_LINUX',
  138: 'APPLE_IP_OVER_IEEE1394',
  143: 'DOCSIS',
  147: 'USER0',
  149: 'USER2',
  182: 'MFR',
  189: 'USB_LINUX',
  192: 'PPI',
  195: 'IEEE802_15_4',
  220: 'USB_LINUX_MMAPPED',
  228: 'IPV4',
  229: 'IPV6',
  239: 'NFLOG',
  242: 'IPOIB',
  251: 'BLUETOOTH_LE_LL',
  253: 'NETLINK',
  271: 'VSOCK',
  276: 'LINUX_SLL2',
  281: 'DSA_TAG_BRCM',
  284: 'DSA_TAG_DSA',
  285: 'DSA_TAG_EDSA',
}

export function linkTypeName(linkType: number): string {
  return NAMES[linkType] ?? `DLT ${linkType}`
}

export function isReadLinkType(linkType: number): boolean {
  return linkType === LINK_TYPE.ethernet || linkType === LINK_TYPE.linuxSll || linkType === LINK_TYPE.linuxSll2
}
