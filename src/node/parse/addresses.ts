import { ADDRESS_FLAGS, type Family, type InterfaceAddress } from '../model.js'
import { flagOf, fromJsonList, isJson, type JsonObject, numberOf, objectsOf, textOf } from './json.js'
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
    const peer = textOf(info, 'address')
    return [
      {
        interface: name,
        family,
        ip,
        prefix,
        scope: textOf(info, 'scope') ?? '',
        ...(peer === null || peer === ip ? {} : { peer }),
        ...(family === 6 ? flagsOf((flag) => flagOf(info, flag) === true) : {}),
      },
    ]
  })
}

function flagsOf(has: (flag: string) => boolean): Pick<InterfaceAddress, 'flags'> {
  const flags = ADDRESS_FLAGS.filter(has)
  return flags.length > 0 ? { flags } : {}
}

/** `4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\       valid_lft …` */
const LINE = /^\d+: (\S+?)(?:@\S+)?\s+(inet6?) (\S+)(?: peer (\S+))?.*? scope (\S+)([^\\]*)/

function fromLine(line: string): InterfaceAddress[] {
  const [, name, inet, address, peer, scope, after = ''] = LINE.exec(line) ?? []
  if (name === undefined || address === undefined || scope === undefined) return []
  const family: Family = inet === 'inet' ? 4 : 6
  const prefix = parsePrefix(address, family)
  const far = peer === undefined ? null : parsePrefix(peer, family)
  if (!prefix) return []
  const words = after.trim().split(/\s+/)
  const more = { scope, ...(family === 6 ? flagsOf((flag) => words.includes(flag)) : {}) }
  if (far) return [{ interface: name, family, ip: prefix.ip, prefix: far.length, ...more, peer: far.ip }]
  return [{ interface: name, family, ip: prefix.ip, prefix: prefix.length, ...more }]
}
