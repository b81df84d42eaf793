import type { AddressFacts, CaptureFacts, WireFacts } from './model.js'

/** The capture that an address was seen in: not that of the counts where several places were looked from, and another one learnt most of it. */
export function captureOf(
  { capture, captures }: Pick<WireFacts, 'capture' | 'captures'>,
  address: AddressFacts,
): CaptureFacts {
  return captures?.get(address) ?? capture
}
