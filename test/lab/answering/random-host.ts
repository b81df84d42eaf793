/** A host as lines, each of which may fail or be left out: what then stands is read by the collector. */
export interface RandomHost {
  /** 6: it is asked by neighbour discovery. */
  readonly family: 4 | 6
  /** Wire-facing interfaces e0 …; their MACs end in the number of the interface. */
  readonly interfaces: number
  readonly lines: readonly Line[]
  /** Each with a line of its own, so that shrinking can leave it out. */
  readonly questions: readonly Asking[]
  /** Changes tried on the host and on the model, and the questions asked again. */
  readonly changes: readonly string[]
}

/** `ip`: arguments of ip(8); `sysctl`: `path=value` below /proc/sys; `nft`: a command of nft(8). */
export interface Line {
  readonly tool: 'ip' | 'sysctl' | 'nft'
  readonly text: string
}

export interface Asking {
  readonly on: string
  readonly target: string
  /** Null: a probe. */
  readonly asker: string | null
  /** Null: broadcast; the solicited-node group of an IPv6 target. */
  readonly to: string | null
  /** Of a solicitation. */
  readonly hopLimit?: number
  readonly fragment?: boolean
  /** False: without the asker's link-layer address. */
  readonly sourceLinkAddress?: boolean
}

/** mulberry32: the same numbers for the same seed. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    often: (share) => next() < share,
    one: (of) => of[below(of.length)]!,
    some: (of, most) => Array.from({ length: below(most + 1) }, () => of[below(of.length)]!),
  }
}

export interface Chance {
  below(n: number): number
  often(share: number): boolean
  one<T>(of: readonly T[]): T
  some<T>(of: readonly T[], most: number): T[]
}

export function macOf(interfaceName: string): string {
  const [, kind = '', number = '0'] = /^([a-z]+)(\d*)/.exec(interfaceName) ?? []
  const kinds: Readonly<Record<string, number>> = { e: 1, m: 2, br: 3 }
  return `02:00:00:00:0${kinds[kind] ?? 9}:0${number === '' ? 0 : number}`
}

/** What this kernel can build. */
export interface Abilities {
  readonly vrf: boolean
  readonly nft: boolean
}

/** A host of that seed, with so many questions. */
export function randomHost(seed: number, questions: number, abilities: Abilities): RandomHost {
  const dice = chance(seed)
  const interfaces = 1 + dice.below(4)
  const devices = devicesOf(dice, interfaces, abilities)
  const addresses = addressesOf(dice, devices.all)
  const lines = [
    ...devices.lines,
    ...addresses.map(({ ip, length, device }) => line('ip', `addr add ${ip}/${length}${scopeOf(dice)} dev ${device}`)),
    ...settingsOf(dice, devices.all),
    ...routesOf(dice, devices.all, abilities),
    ...neighboursOf(dice, devices),
    ...(abilities.nft && dice.often(0.3) ? filtersOf(dice, devices.all) : []),
  ]
  const own = addresses.map(({ ip }) => ip)
  return {
    family: 4,
    interfaces,
    lines,
    questions: Array.from({ length: questions }, () => questionOf(dice, devices, own)),
    changes: changesOf(dice, devices.all, addresses),
  }
}

export interface Devices {
  readonly lines: readonly Line[]
  readonly wire: readonly string[]
  readonly all: readonly string[]
  readonly bridge: string | null
}

interface Address {
  readonly ip: string
  readonly length: number
  readonly device: string
}

export function line(tool: Line['tool'], text: string): Line {
  return { tool, text }
}

export function devicesOf(dice: Chance, interfaces: number, { vrf }: Abilities): Devices {
  const wire = Array.from({ length: interfaces }, (_, at) => `e${at}`)
  const lines = wire.map((name) => line('ip', `link set ${name} up`))
  const all = ['lo', ...wire]
  const add = (name: string, how: string, ...then: readonly string[]) => {
    all.push(name)
    lines.push(
      line('ip', `link add ${how}`),
      ...then.map((text) => line('ip', text)),
      line('ip', `link set ${name} up`),
    )
  }
  if (dice.often(0.35)) {
    const mode = dice.one(['bridge', 'bridge', 'private', 'vepa', 'passthru'])
    add('m0', `link ${dice.one(wire)} name m0 address ${macOf('m0')} type macvlan mode ${mode}`)
    if (mode !== 'passthru' && dice.often(0.4))
      add('m1', `link e0 name m1 address ${macOf('m1')} type macvlan mode bridge`)
  }
  if (dice.often(0.4)) add('br9', `name br9 address ${macOf('br9')} type bridge stp_state 0 forward_delay 0`)
  const bridge = dice.often(0.3) ? 'br0' : null
  if (bridge) {
    add(bridge, `name br0 address ${macOf('br0')} type bridge stp_state 0 forward_delay 0`)
    for (const port of wire.slice(-1 - dice.below(2))) lines.push(...portOf(dice, port))
    if (dice.often(0.3)) {
      const local = dice.often(0.2) ? ['link set vx0 type bridge_slave bcast_flood off'] : []
      add('vx0', 'name vx0 type vxlan id 7 dev e0 dstport 4789 proxy', 'link set vx0 master br0', ...local)
    }
  }
  if (vrf && dice.often(0.25)) {
    add('vrf1', 'name vrf1 type vrf table 100', `link set ${dice.one(wire)} master vrf1`)
  }
  if (dice.often(0.1)) lines.push(line('ip', `link set ${dice.one(wire)} arp off`))
  if (dice.often(0.1)) lines.push(line('ip', `link set ${dice.one(all)} down`))
  return { lines, wire, all, bridge }
}

function portOf(dice: Chance, port: string): Line[] {
  const flags = dice.some(
    [
      'neigh_suppress on',
      'proxy_arp on',
      'proxy_arp_wifi on',
      'proxy_arp on',
      'neigh_suppress on',
      'isolated on',
      'learning off',
    ],
    2,
  )
  return [
    line('ip', `link set ${port} master br0`),
    ...flags.map((flag) => line('ip', `link set ${port} type bridge_slave ${flag}`)),
  ]
}

const SUBNETS = ['10.1.0', '10.2.0', '10.3.0'] as const

function addressesOf(dice: Chance, devices: readonly string[]): Address[] {
  const homes = devices
    .filter((device) => device !== 'lo' && dice.often(0.75))
    .map((device) => ({ ip: `${dice.one(SUBNETS)}.${1 + dice.below(3)}`, length: 24, device }))
  const more = Array.from({ length: dice.below(4) }, () => ({
    ip: dice.one([`${dice.one(SUBNETS)}.${1 + dice.below(3)}`, '10.1.0.240', '10.9.0.1', '127.9.9.9']),
    length: dice.one([32, 32, 24, 16]),
    device: dice.one(['lo', ...devices]),
  }))
  return [...homes, ...more]
}

function scopeOf(dice: Chance): string {
  return dice.often(0.8) ? '' : ` scope ${dice.one(['host', 'link', 'global'])}`
}

/** Values of net.ipv4.conf, the ordinary ones more often. */
const SETTINGS: Readonly<Record<string, readonly number[]>> = {
  arp_ignore: [0, 0, 1, 1, 2, 3, 4, 8, 9],
  arp_filter: [0, 1],
  rp_filter: [0, 0, 1, 2],
  accept_local: [0, 1],
  drop_gratuitous_arp: [0, 1],
  route_localnet: [0, 1],
  forwarding: [0, 1, 1],
  proxy_arp: [0, 1, 1],
  proxy_arp_pvlan: [0, 1],
  medium_id: [0, -1, 1, 2],
  send_redirects: [0, 1],
  arp_announce: [0, 1, 2],
}

function settingsOf(dice: Chance, devices: readonly string[]): Line[] {
  const scopes = ['all', ...devices]
  const forwards = dice.often(0.7) ? ['net/ipv4/ip_forward=1'] : []
  if (dice.often(0.35)) return proxySettings(dice, devices).map((text) => line('sysctl', text))
  const set = Object.entries(SETTINGS).flatMap(([name, values]) =>
    scopes
      .filter((scope) => dice.often(scope === 'all' ? 0.15 : 0.3))
      .map((scope) => line('sysctl', `net/ipv4/conf/${scope}/${name}=${dice.one(values)}`)),
  )
  const delays = devices.map((device) =>
    line('sysctl', `net/ipv4/neigh/${device}/proxy_delay=${dice.one([0, 0, 5, 10])}`),
  )
  return [...forwards.map((text) => line('sysctl', text)), ...set, ...delays]
}

/** A router that answers for others: what silences every request is left out, so that the proxies come into play. */
function proxySettings(dice: Chance, devices: readonly string[]): string[] {
  const some = (name: string, values: readonly number[]) =>
    devices.filter(() => dice.often(0.3)).map((device) => `net/ipv4/conf/${device}/${name}=${dice.one(values)}`)
  return [
    'net/ipv4/ip_forward=1',
    ...dice.some(['net/ipv4/conf/all/proxy_arp=1', 'net/ipv4/conf/all/proxy_arp_pvlan=1'], 2),
    ...some('proxy_arp', [0, 1]),
    ...some('proxy_arp_pvlan', [0, 1]),
    ...some('medium_id', [-1, 1, 2]),
    ...some('forwarding', [0, 1]),
    ...some('send_redirects', [0, 1]),
    ...some('rp_filter', [0, 1, 2]),
    ...some('arp_ignore', [1, 8]),
    ...devices.map((device) => `net/ipv4/neigh/${device}/proxy_delay=${dice.one([0, 0, 5, 10])}`),
  ]
}

const PREFIXES = [
  'default',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.2.0.0/24',
  '10.3.0.0/25',
  '10.1.0.50',
  '10.1.0.240',
  '10.9.0.0/24',
  '8.8.0.0/16',
] as const

function routesOf(dice: Chance, devices: readonly string[], { vrf }: Abilities): Line[] {
  const device = () => dice.one(devices)
  const tables = ['main', 'main', 'default', '77', '88', ...(vrf ? ['100'] : [])]
  const routes = Array.from({ length: dice.below(6) }, () => {
    const kind = dice.one(['', '', '', '', 'local', 'blackhole', 'unreachable', 'throw', 'broadcast'])
    const to = dice.one(PREFIXES)
    const by = ['blackhole', 'unreachable', 'throw'].includes(kind) ? '' : ` dev ${device()}`
    const table = kind === 'local' && dice.often(0.8) ? 'local' : dice.one(tables)
    return `route add ${kind} ${to}${by} table ${table}${dice.often(0.2) ? ` metric ${dice.below(3)}` : ''}`
  })
  if (dice.often(0.4)) routes.unshift(`route add default dev ${device()}`)
  const multipath = dice.often(0.1) ? [`route add 10.5.0.0/16 nexthop dev ${device()} nexthop dev ${device()}`] : []
  const rules = dice.often(0.35) ? Array.from({ length: 1 + dice.below(3) }, () => ruleOf(dice, devices)) : []
  const unlocal = dice.often(0.08) ? ['rule add pref 500 table local', 'rule del pref 0'] : []
  return [...routes, ...multipath, ...rules, ...unlocal].map((text) => line('ip', text))
}

function ruleOf(dice: Chance, devices: readonly string[]): string {
  const selectors = [
    `from ${dice.one(SUBNETS)}.0/24`,
    `from ${dice.one(SUBNETS)}.${dice.one([1, 2, 9])}`,
    `to ${dice.one(SUBNETS)}.0/24`,
    'to 10.1.0.240',
    `iif ${dice.one([...devices, 'lo'])}`,
    `oif ${dice.one(devices)}`,
    'fwmark 7',
    'ipproto tcp',
    'dport 80',
    'tos 0x10',
  ]
  const not = dice.often(0.15) ? 'not ' : ''
  const action = dice.one([
    'lookup 77',
    'lookup 77',
    'lookup 88',
    'lookup main',
    'blackhole',
    'unreachable',
    'prohibit',
    'goto 32766',
    'lookup main suppress_prefixlength 0',
    'lookup main suppress_prefixlength 24',
  ])
  return `rule add pref ${dice.one([0, 100, 200, 300])} ${not}${[...new Set(dice.some(selectors, 2))].join(' ') || 'from all'} ${action}`
}

function neighboursOf(dice: Chance, { all, bridge, wire }: Devices): Line[] {
  const entries = dice.some(TARGETS, 4).map((ip) => `neigh add proxy ${ip} dev ${dice.one(all)}`)
  if (!bridge) return entries.map((text) => line('ip', text))
  const tunnel = all.includes('vx0')
    ? [`neigh add ${dice.one(TARGETS)} lladdr 02:00:00:00:07:07 nud permanent dev vx0`]
    : []
  const known = ['10.1.0.50', '10.2.0.50'].flatMap((ip, at) => {
    const mac = `02:00:00:00:07:0${at}`
    return [
      `neigh add ${ip} lladdr ${mac} nud permanent dev ${bridge}`,
      `FDB ${mac} dev ${dice.one(wire)} master static`,
    ]
  })
  return [...entries, ...tunnel, ...known].map((text) => line('ip', text))
}

function filtersOf(dice: Chance, devices: readonly string[]): Line[] {
  const device = () => dice.one(devices)
  const matches = [
    `arp daddr ip ${dice.one(TARGETS)}`,
    `arp saddr ip ${dice.one(['10.1.0.9', '10.2.0.0/24', '0.0.0.0'])}`,
    `arp saddr ip != 10.1.0.0/24`,
    'arp operation request',
    'arp operation reply',
    `iifname "${device()}"`,
    `iifname { "e0", "e1" }`,
    'counter',
  ]
  const verdict = () => dice.one(['drop', 'drop', 'accept', 'jump more', 'return'])
  const rule = (match: readonly string[]) => `${[...new Set(match)].join(' ')} ${verdict()}`
  const chain = (family: string, hook: string, where = '') => [
    `add table ${family} ${family}${hook}`,
    `add chain ${family} ${family}${hook} more`,
    `add rule ${family} ${family}${hook} more ${dice.one(matches)} drop`,
    `add chain ${family} ${family}${hook} first { type filter hook ${hook} ${where} priority 0 ; policy ${dice.one(['accept', 'accept', 'accept', 'drop'])} ; }`,
    ...Array.from(
      { length: 1 + dice.below(2) },
      () => `add rule ${family} ${family}${hook} first ${rule(dice.some(matches, 2))}`,
    ),
  ]
  const kinds = [
    () => chain('arp', 'input'),
    () => chain('arp', 'output').map((text) => text.replaceAll('iifname', 'oifname')),
    () => chain('netdev', 'ingress', `device "${dice.one(devices.filter((name) => name !== 'lo'))}"`),
    () => chain('bridge', dice.one(['prerouting', 'input'])),
    () => chain('bridge', 'output').map((text) => text.replaceAll('iifname', 'oifname')),
  ]
  return dice
    .one(kinds)()
    .map((text) => line('nft', text))
}

const TARGETS = [
  '10.1.0.1',
  '10.1.0.2',
  '10.2.0.1',
  '10.3.0.1',
  '10.1.0.50',
  '10.2.0.50',
  '10.3.0.50',
  '10.1.0.240',
  '10.9.0.1',
  '8.8.8.8',
] as const
const ODD_TARGETS = [
  '127.0.0.1',
  '127.9.9.9',
  '224.0.0.5',
  '10.1.0.255',
  '10.1.0.0',
  '0.1.2.3',
  '255.255.255.255',
  '240.0.0.1',
  '10.5.5.5',
  '0.0.0.0',
] as const
const ASKERS = ['10.1.0.9', '10.1.0.9', '10.2.0.9', '10.3.0.9', '8.8.4.4', '10.1.0.50', '9.9.9.9'] as const
const ODD_ASKERS = ['10.1.0.255', '127.0.0.7', '224.0.0.9', '255.255.255.255', '10.1.0.0', '0.0.0.9'] as const

function questionOf(dice: Chance, { wire, all, bridge }: Devices, own: readonly string[]): Asking {
  const on = dice.one(wire)
  const target = dice.often(0.1) ? dice.one(ODD_TARGETS) : dice.one([...TARGETS, ...own, ...own, ...own])
  const asker = dice.often(0.1) ? dice.one([...ODD_ASKERS, ...own, target]) : dice.one(ASKERS)
  const macs = [on, on, on, ...(bridge ? [bridge] : []), ...all.filter((name) => name !== 'lo')].map(macOf)
  const to = dice.often(0.55) ? null : dice.one([...macs, '01:00:5e:00:00:01'])
  return { on, target, asker: dice.often(0.25) ? null : asker, to }
}

function changesOf(dice: Chance, devices: readonly string[], addresses: readonly Address[]): string[] {
  const conf = (name: string, value: number) => `net.ipv4.conf.${dice.one(['all', ...devices])}.${name}=${value}`
  const { ip, length, device } =
    addresses.length > 0 ? dice.one(addresses) : { ip: '10.1.0.1', length: 24, device: 'e0' }
  const kinds = [
    'net.ipv4.ip_forward=0',
    conf('arp_ignore', dice.one([0, 1, 2, 8])),
    conf('proxy_arp', dice.below(2)),
    conf('rp_filter', dice.below(3)),
    conf('arp_filter', dice.below(2)),
    `address-del=${ip}/${length}@${device}`,
    `address-add=${dice.one(['10.1.0.240/32', '10.2.0.2/24', '10.9.0.1/32'])}@${dice.one(devices)}`,
    `proxy-add=10.1.0.50@${dice.one(devices)}`,
    `route-add=10.9.0.0/24 dev ${dice.one(devices)} metric 9`,
    `link-up=off@${dice.one(devices)}`,
    `link-arp=off@${dice.one(devices)}`,
  ]
  return [dice.one(kinds), ...(dice.often(0.3) ? [dice.one(kinds)] : [])]
}
