import type { Family } from '../../node/model.js'
import { parsePrefix } from '../../node/parse/prefix.js'
import { parseRoutes } from '../../node/parse/routes.js'
import { parseRules } from '../../node/parse/rules.js'
import { parseIp } from '../../wire/ip.js'
import { formatMac, parseMac } from '../../wire/mac.js'
import type { Change, FilterRule, HostChange, LinkFlag, PortFlag } from './model.js'

/** What a change can be, for people. */
export const CHANGE_FORMS = [
  'net.ipv{4,6}.conf.DEV.NAME=N',
  'net.ipv{4,6}.neigh.DEV.proxy_delay=N',
  'net.ipv4.ip_forward=N',
  'address-add=IP/LEN[ nodad]@DEV',
  'address-del=IP/LEN@DEV',
  'route-add=PREFIX [via IP] [dev DEV] [table T]',
  'route-del=PREFIX [dev DEV] [table T]',
  'rule-add=PRIORITY: from PREFIX lookup T',
  'rule-del=PRIORITY: from PREFIX lookup T',
  'proxy-add=IP@DEV',
  'proxy-del=IP@DEV',
  'neighbour-add=IP lladdr MAC[ permanent]@DEV',
  'neighbour-del=IP lladdr MAC[ permanent]@DEV',
  'port-FLAG=on|off@DEV',
  'link-up=on|off@DEV',
  'link-arp=on|off@DEV',
  'link-mac=MAC@DEV',
  'filter-add=TOOL FAMILY TABLE CHAIN N|end: RULE',
  'filter-del=TOOL FAMILY TABLE CHAIN N|end: RULE',
] as const

const PORT_FLAGS = [
  'proxy_arp',
  'proxy_arp_wifi',
  'neigh_suppress',
  'isolated',
  'bcast_flood',
  'flood',
  'hairpin',
  'learning',
] as const
const LINK_FLAGS = ['up', 'arp'] as const

/** The host comes first; its name may hold colons (an IPv6 address), a change begins with one of these words. */
const HOST_CHANGE = /^(.+?):((?:net[./]|address-|route-|rule-|proxy-|neighbour-|port-|link-|filter-).*)$/

/** `HOST:KEY=VALUE`; null when it is not of that form. */
export function parseHostChange(text: string): HostChange | null {
  const [, host, rest] = HOST_CHANGE.exec(text) ?? []
  const change = rest === undefined ? null : parseChange(rest)
  return host === undefined || change === null ? null : { host, change }
}

/** `KEY=VALUE`, `address-del=10.0.0.240/32@eth0` …; null when it is none of `CHANGE_FORMS`. */
export function parseChange(text: string): Change | null {
  const equals = text.indexOf('=')
  if (equals < 0) return null
  const [key, value] = [text.slice(0, equals), text.slice(equals + 1)]
  if (/^net[./]/.test(key)) return parseSysctl(key, value)
  const [word = '', ...rest] = key.split('-')
  return PARSERS[word]?.(rest.join('-'), value) ?? null
}

type ChangeParser = (what: string, value: string) => Change | null

const PARSERS: Readonly<Record<string, ChangeParser>> = {
  address: (what, value) => {
    const { left, device } = atDevice(value)
    const [, prefix = '', nodad] = /^(\S+?)( nodad)?$/.exec(left) ?? []
    const address = parsePrefix(prefix, familyIn(prefix))
    if (!isVerb(what) || !address || !device) return null
    return { kind: `address-${what}`, address, device, ...(nodad ? { nodad: true } : {}) }
  },
  route: (what, value) => {
    const [route] = parseRoutes(value.replace(/^unicast /, ''), familyIn(value)) ?? []
    return isVerb(what) && route ? { kind: `route-${what}`, route } : null
  },
  rule: (what, value) => {
    const [rule] = parseRules(value, familyIn(value.replace(/^\d+:/, ''))) ?? []
    return isVerb(what) && rule ? { kind: `rule-${what}`, rule } : null
  },
  proxy: (what, value) => {
    const { left: ip, device } = atDevice(value)
    return isVerb(what) && parseIp(ip) !== null && device ? { kind: `proxy-${what}`, ip, device } : null
  },
  neighbour: (what, value) => {
    const { left, device } = atDevice(value)
    const [, ip = '', text = '', permanent] = /^(\S+) lladdr (\S+)( permanent)?$/.exec(left) ?? []
    const mac = parseMac(text)
    if (!isVerb(what) || parseIp(ip) === null || mac === null || !device) return null
    return { kind: `neighbour-${what}`, ip, mac: formatMac(mac), permanent: permanent !== undefined, device }
  },
  port: (what, value) => {
    const { left, device } = atDevice(value)
    const on = onOff(left)
    return isPortFlag(what) && on !== null && device ? { kind: 'port', device, flag: what, on } : null
  },
  link: (what, value) => {
    const { left, device } = atDevice(value)
    const [mac, on] = [parseMac(left), onOff(left)]
    if (what === 'mac') return mac !== null && device ? { kind: 'link-mac', device, mac } : null
    return isLinkFlag(what) && on !== null && device ? { kind: 'link', device, flag: what, on } : null
  },
  filter: (what, value) => {
    const rule = parseFilterRule(value)
    return isVerb(what) && rule ? { kind: `filter-${what}`, ...rule } : null
  },
}

/** `nft arp filter input 0#4: arp operation request drop`: the fifth word says how many rules stand before it (or `end`), and its handle. */
const FILTER_RULE =
  /^(nft|ebtables|arptables) (arp|bridge|netdev|inet|ip6) (\S+) (\S+) (\d{1,6}|end)(?:#(\d{1,12}))?: (.+)$/

function parseFilterRule(text: string): FilterRule | null {
  const [, tool, family, table = '', chain = '', at, handle, rule = ''] = FILTER_RULE.exec(text) ?? []
  if (tool === undefined) return null
  return {
    tool: tool as FilterRule['tool'],
    family: family as FilterRule['family'],
    table,
    chain,
    rule,
    at: at === 'end' ? null : Number(at),
    handle: handle === undefined ? null : Number(handle),
  }
}

function parseSysctl(key: string, value: string): Change | null {
  const number = Number(value)
  if (value.trim() === '' || !Number.isInteger(number)) return null
  return { kind: 'sysctl', key: key.startsWith('net/') ? swapped(key) : key, value: number }
}

/** `net/ipv4/conf/eth0.7/arp_ignore` → `net.ipv4.conf.eth0/7.arp_ignore`, as sysctl(8) reads both. */
function swapped(key: string): string {
  return key.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))
}

/** Of the addresses in a text; an interface name has no colon. */
function familyIn(text: string): Family {
  return text.includes(':') ? 6 : 4
}

function atDevice(value: string): { left: string; device: string } {
  const at = value.indexOf('@')
  return at < 0 ? { left: value, device: '' } : { left: value.slice(0, at), device: value.slice(at + 1) }
}

function onOff(text: string): boolean | null {
  return text === 'on' ? true : text === 'off' ? false : null
}

function isVerb(word: string): word is 'add' | 'del' {
  return word === 'add' || word === 'del'
}

function isPortFlag(word: string): word is PortFlag {
  return (PORT_FLAGS as readonly string[]).includes(word)
}

function isLinkFlag(word: string): word is LinkFlag {
  return (LINK_FLAGS as readonly string[]).includes(word)
}
