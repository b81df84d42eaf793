import { parseMac } from '../../wire/mac.js'
import type { FdbEntry } from '../model.js'
import { fromJsonList, numberOf, textOf } from './json.js'

/** `bridge -j fdb show`: the entries of bridges, not those that a device keeps for itself. */
export function parseFdb(text: string): FdbEntry[] | null {
  return fromJsonList(text, (object) => {
    const [mac, port, bridge] = [
      parseMac(textOf(object, 'mac') ?? ''),
      textOf(object, 'ifname'),
      textOf(object, 'master'),
    ]
    return mac === null || port === null || bridge === null
      ? []
      : [{ mac, port, bridge, vlan: numberOf(object, 'vlan') }]
  })
}
