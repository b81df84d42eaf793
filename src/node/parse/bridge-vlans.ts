import type { BridgeVlan } from '../model.js'
import { fromJsonList, numberOf, objectsOf, TooMuch, textOf, textsOf } from './json.js'

/** No bridge has more VLAN ids than these; a range from outside is cut to them. */
const LAST_VID = 4094

/** A hundred trunk ports with every VLAN. A few bytes can say thousands of them, so that the text alone is no bound. */
const MOST_ENTRIES = 100 * LAST_VID

/** `bridge -j vlan`: ranges (`vlan`, `vlanEnd`) become single entries. Null when it is no JSON. Throws TooMuch. */
export function parseBridgeVlans(text: string): BridgeVlan[] | null {
  let room = MOST_ENTRIES
  return fromJsonList(text, (port) => {
    const name = textOf(port, 'ifname')
    return name === null
      ? []
      : objectsOf(port, 'vlans').flatMap((vlan) => {
          const first = numberOf(vlan, 'vlan')
          if (first === null) return []
          const flags = textsOf(vlan, 'flags')
          const [pvid, untagged] = [flags.includes('PVID'), flags.includes('Egress Untagged')]
          const vids = range(first, numberOf(vlan, 'vlanEnd') ?? first)
          room -= vids.length
          if (room < 0) throw new TooMuch(`it lists more than ${MOST_ENTRIES} VLANs of ports`)
          return vids.map((vid) => ({
            interface: name,
            vid,
            pvid,
            untagged,
          }))
        })
  })
}

function range(first: number, last: number): number[] {
  const from = Math.max(1, Math.trunc(first))
  return Array.from({ length: Math.max(0, Math.min(last, LAST_VID) - from + 1) }, (_, i) => from + i)
}
