/** Bits of a flow's `traits`: VLAN stack, then from these places on its kind (flow-kind.ts), mode and kind of rate. */
export const stackMask = 0xfff
export const kind = 12
export const kindMask = 0xff
export const mode = 20
export const rate = 22
/** One bit: it is about IPv6. */
export const six = 24
export const twoBits = 3
/** The kind of rate of a frame that has none. */
export const noRate = 3
