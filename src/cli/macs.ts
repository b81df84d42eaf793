import { type Mac, parseMac } from '../wire/mac.js'
import { UsageError } from './exit-codes.js'

/** `--expect-mac` values: comma lists of MACs in either notation. */
export function parseMacs(texts: readonly string[]): Mac[] {
  return texts
    .flatMap((list) => list.split(','))
    .map((text) => {
      const mac = parseMac(text.trim())
      if (mac === null) throw new UsageError(`"${text}" is not a MAC address; write it as 02:00:00:00:00:01`)
      return mac
    })
}
