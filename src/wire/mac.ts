/** A MAC-48 address as one integer (48 bits fit a double exactly); strings exist only at the rim. */
export type Mac = number

export const BROADCAST_MAC: Mac = 0xffff_ffff_ffff
export const ZERO_MAC: Mac = 0

const MAC_TEXT = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i

/** `02:00:00:00:00:01` (lower case, colons), the way Linux prints it. */
export function formatMac(mac: Mac): string {
  const hex = mac.toString(16).padStart(12, '0')
  return hex.replace(/(..)(?=.)/g, '$1:')
}

/** Accepts `aa:bb:…` and `AA-BB-…`; `null` for anything else. */
export function parseMac(text: string): Mac | null {
  return MAC_TEXT.test(text) ? Number.parseInt(text.replace(/[:-]/g, ''), 16) : null
}

/** The group bit of the first octet: broadcast and multicast MACs cannot be a sender. */
export function isGroupMac(mac: Mac): boolean {
  return (Math.floor(mac / 2 ** 40) & 1) === 1
}

/** The leading bits of a MAC as a number: `macPrefix(mac, 24)` is its OUI. */
export function macPrefix(mac: Mac, bits: number): number {
  return Math.floor(mac / 2 ** (48 - bits))
}

/** The bit that says that no vendor gave this MAC to a machine (IEEE 802 section 8.4). */
export function isLocalMac(mac: Mac): boolean {
  return (Math.floor(mac / 2 ** 40) & 2) !== 0
}
