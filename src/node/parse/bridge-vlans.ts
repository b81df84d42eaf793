import type { BridgeVlan } from '../model.js'
import { fromJsonList, numberOf, objectsOf, textOf, textsOf } from './json.js'

/** No bridge has more VLAN ids than these; a range from outside is cut to them. */
const LAST_VID = 4094

/** `bridge -j vlan`: ranges (`vlan`, `vlanEnd`) become single entries. Null when it is no JSON. */
export function parseBridgeVlans(text: string): BridgeVlan[] | null {
  return fromJsonList(text, (port) => {
    const name = textOf(port, 'ifname')
    return name === null
      ? []
      : objectsOf(port, 'vlans').flatMap((vlan) => {
          const first = numberOf(vlan, 'vlan')
          if (first === null) return []
          const flags = textsOf(vlan, 'flags')
          const [pvid, untagged] = [flags.includes('PVID'), flags.includes('Egress Untagged')]
          return range(first, numberOf(vlan, 'vlanEnd') ?? first).map((vid) => ({
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
