import type { Family, InterfaceAddress } from '../model.js'
import { fromJsonList, isJson, type JsonObject, numberOf, objectsOf, textOf } from './json.js'
import { familyOf, parsePrefix } from './prefix.js'

/** `ip -j addr`, or `ip -o addr` where there is no JSON; null when the text is neither. */
export function parseAddresses(text: string): InterfaceAddress[] | null {
  return isJson(text) ? fromJsonList(text, fromLink) : text.split('\n').flatMap(fromLine)
}

function fromLink(link: JsonObject): InterfaceAddress[] {
  const name = textOf(link, 'ifname')
  return objectsOf(link, 'addr_info').flatMap((info) => {
    const [ip, prefix] = [textOf(info, 'local'), numberOf(info, 'prefixlen')]
    const family = ip === null ? null : familyOf(ip)
    if (name === null || ip === null || prefix === null || family === null) return []
    return [{ interface: name, family, ip, prefix, scope: textOf(info, 'scope') ?? '' }]
  })
}

/** `4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\       valid_lft …` */
const LINE = /^\d+: (\S+?)(?:@\S+)?\s+(inet6?) (\S+)(?: peer \S+)?.*? scope (\S+)/

function fromLine(line: string): InterfaceAddress[] {
  const [, name, inet, address, scope] = LINE.exec(line) ?? []
  if (name === undefined || address === undefined || scope === undefined) return []
  const family: Family = inet === 'inet' ? 4 : 6
  const prefix = parsePrefix(address, family)
  return prefix ? [{ interface: name, family, ip: prefix.ip, prefix: prefix.length, scope }] : []
}
