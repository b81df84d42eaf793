/** Bits that say what kind of frame it is. */
export const request = 1
export const reply = 2
export const gratuitous = 4
export const broadcast = 8
/** It claims an address: opcode 1 or 2 with an spa. */
export const claims = 16
export const opens = 32
export const answers = 64
/** A request without a sender's address that is neighbour discovery: whether its target is free (RFC 4862 section 5.4). */
export const freeOrNot = 256
/** The address in question is one that was asked for. */
export const asked = 128
