import type { Known } from '../../known.js'
import type { WireFacts } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { isoFromMicros } from '../../wire/iso-time.js'

/** When the last answer to a request for an address came, as ISO 8601, of each that had one; of the requests that are kept one by one. */
export function answeredAt(wire: Known<WireFacts>): ReadonlyMap<string, string> {
  const last = new Map<string, number>()
  for (const { ip, exchanges } of wire.known ? wire.value.addresses : []) {
    const times = exchanges.flatMap(({ at, answers }) => answers.map(({ afterMicros }) => at + afterMicros))
    const text = formatIp(ip)
    for (const at of times) last.set(text, Math.max(at, last.get(text) ?? at))
  }
  return new Map([...last].map(([ip, at]) => [ip, isoFromMicros(at)]))
}
