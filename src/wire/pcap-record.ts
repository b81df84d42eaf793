/** A record of a pcap, draft-ietf-opsawg-pcap section 4: places of its words, and where its frame begins. Read by the core as well. */
export const seconds = 0
/** Microseconds or nanoseconds. */
export const fraction = 4
export const captured = 8
export const length = 16
/** Of the "modified" format of old Linux kernels. */
export const modifiedLength = 24
/** libpcap's MAXIMUM_SNAPLEN: a longer record is not a packet but damage. */
export const maxCaptured = 262_144
