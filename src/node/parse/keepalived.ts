import { formatIp, parseIp } from '../../wire/ip.js'
import type { Keepalived, VrrpAddress, VrrpFilter, VrrpInstance } from '../model.js'

/** keepalived.conf(5): what holds where the configuration says nothing. */
const ADVERT_SECONDS = 1
const MOST_INSTANCES = 1000

/** A block, or a word with its values, of keepalived.conf. */
interface Entry {
  readonly words: readonly string[]
  readonly inside: readonly Entry[]
}

/** What the collector's `keepalived_conf` prints: files one after the other, comments and passwords taken out. */
export function parseKeepalived(text: string): Omit<Keepalived, 'filters'> {
  const running = /^running$/m.test(text)
  const [, ...parts] = text.split(/^file (.*)$/m)
  const files = parts.flatMap((file, at) =>
    at % 2 === 0 ? [{ file, entries: entriesIn(parts[at + 1]!.split('\n')) }] : [],
  )
  const version = globalVersion(files.flatMap(({ entries }) => entries))
  const instances = files.flatMap(({ file, entries }) =>
    entries.flatMap((entry) => (entry.words[0] === 'vrrp_instance' ? [instance(entry, version, file)] : [])),
  )
  return { running, instances: instances.slice(0, MOST_INSTANCES) }
}

/** Braces may stand at the end of a line, on lines of their own, or around all of a block on one line. */
function entriesIn(lines: readonly string[]): Entry[] {
  const top: Entry[] = []
  const open: Entry[][] = [top]
  for (const line of lines) {
    for (const piece of line.split(/([{}])/)) {
      const words = piece.trim() === '' ? [] : piece.trim().split(/\s+/).map(unquoted)
      if (piece === '{') open.push(lastOf(open.at(-1)!).inside as Entry[])
      else if (piece === '}') close(open)
      else if (words.length > 0) open.at(-1)!.push({ words, inside: [] })
    }
  }
  return top
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, '$1')
}

/** A brace whose block has no name that was sent opens one without. */
function lastOf(entries: Entry[]): Entry {
  const last = entries.at(-1)
  if (last && last.inside.length === 0) return last
  const unnamed: Entry = { words: [''], inside: [] }
  entries.push(unnamed)
  return unnamed
}

function close(open: Entry[][]): void {
  if (open.length > 1) open.pop()
}

function globalVersion(entries: readonly Entry[]): 2 | 3 {
  const globals = entries.filter(({ words }) => words[0] === 'global_defs').flatMap(({ inside }) => inside)
  return globals.some(({ words }) => words[0] === 'vrrp_version' && words[1] === '3') ? 3 : 2
}

function instance({ words, inside }: Entry, globalVersion: 2 | 3, file: string): VrrpInstance {
  const value = (name: string) => said(inside.findLast((entry) => entry.words[0] === name)?.words[1])
  const has = (name: string) => inside.some((entry) => entry.words[0] === name)
  const number = (name: string) => (Number.isFinite(Number(value(name) ?? Number.NaN)) ? Number(value(name)) : null)
  const [vrid, priority] = [number('virtual_router_id'), number('priority')]
  const addresses = [...listIn(inside, 'virtual_ipaddress'), ...listIn(inside, 'virtual_ipaddress_excluded')].map(
    address,
  )
  const family = has('native_ipv6') || addresses[0]?.ip.includes(':') ? 6 : 4
  return {
    name: words[1] ?? '',
    file,
    interface: value('interface'),
    vrid,
    family,
    version: family === 6 || value('version') === '3' || (globalVersion === 3 && value('version') !== '2') ? 3 : 2,
    ...(priority === null ? {} : { priority }),
    advertMs: Math.round(1000 * (number('advert_int') ?? ADVERT_SECONDS)),
    authentication:
      inside.flatMap((entry) => [entry, ...entry.inside]).find(({ words }) => words[0] === 'auth_type')?.words[1] ??
      null,
    unicastPeers: listIn(inside, 'unicast_peer').map(([peer = '']) => spelled(peer)),
    addresses,
  }
}

/** Of a macro (`$NAME`, `${NAME}`) the value is defined elsewhere, in lines that may hold passwords and stay on the host. */
function said(word: string | undefined): string | null {
  return word === undefined || word.startsWith('$') ? null : word
}

/** As the kernel prints it: the file may say 2001:DB8:0::240. */
function spelled(text: string): string {
  const ip = parseIp(text)
  return ip === null ? text : formatIp(ip)
}

/** The lines of a block, as words. */
function listIn(inside: readonly Entry[], name: string): (readonly string[])[] {
  const blocks = inside.filter(({ words }) => words[0] === name)
  return blocks.flatMap((block) => block.inside.map(({ words }) => words))
}

/** `10.0.0.240/24 dev eth1 label eth1:0`. */
function address([first = '', ...rest]: readonly string[]): VrrpAddress {
  const [ip = '', prefix] = first.split('/')
  const at = rest.indexOf('dev')
  return {
    ip: spelled(ip),
    prefix: prefix === undefined ? null : Number(prefix),
    device: at < 0 ? null : (rest[at + 1] ?? null),
  }
}

/** What the collector's `vrrp_filters` prints: the tool, table and chain, and the line. */
export function parseVrrpFilters(text: string): VrrpFilter[] {
  return text.split('\n').flatMap((line): VrrpFilter[] => {
    const [, tool, rest = ''] = /^(nft|iptables) (.*)$/.exec(line) ?? []
    if (tool === 'nft') return nftFilter(rest)
    return tool === 'iptables' ? iptablesFilter(rest) : []
  })
}

function nftFilter(rest: string): VrrpFilter[] {
  const [, chain = '', rule = ''] = /^(\S+ \S+ \S+)\s+(.*)$/.exec(rest) ?? []
  const about = { tool: 'nft' as const, chain, text: rule.trim() }
  if (/\bhook (?:input|output)\b/.test(rule)) {
    return /policy drop/.test(rule) ? [{ ...about, does: 'drops-all-else' }] : []
  }
  return verdictOf(rule, about)
}

function iptablesFilter(rest: string): VrrpFilter[] {
  const [, policyChain, policy] = /^:(\S+) (\S+)/.exec(rest) ?? []
  if (policyChain) {
    const all = { tool: 'iptables' as const, chain: policyChain, does: 'drops-all-else' as const, text: rest }
    return policy === 'DROP' ? [all] : []
  }
  return verdictOf(rest, { tool: 'iptables', chain: rest.split(' ')[1] ?? '', text: rest })
}

function verdictOf(rule: string, about: Omit<VrrpFilter, 'does'>): VrrpFilter[] {
  if (/\b(?:drop|reject)\b/i.test(rule)) return [{ ...about, does: 'drops' }]
  return /\baccept\b/i.test(rule) ? [{ ...about, does: 'accepts' }] : []
}
