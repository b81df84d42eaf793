import {
  type Abilities,
  type Asking,
  type Chance,
  chance,
  type Devices,
  devicesOf,
  type Line,
  line,
  macOf,
  type RandomHost,
} from './random-host.js'

interface Address {
  readonly ip: string
  readonly length: number
  readonly device: string
}

/** A host that is asked by neighbour discovery, of that seed. */
export function randomHost6(seed: number, questions: number, abilities: Abilities): RandomHost {
  const dice = chance(seed)
  const interfaces = 1 + dice.below(3)
  const devices = devicesOf(dice, interfaces, abilities)
  const optimistic = dice.often(0.1)
  const addresses = addressesOf(dice, devices.all)
  const proxied = proxiedOf(dice, devices)
  const lines = [
    ...devices.lines,
    ...settingsOf(dice, devices.all, optimistic),
    ...addresses.map((address) =>
      line('ip', `-6 addr add ${address.ip}/${address.length} dev ${address.device}${flagOf(dice, optimistic)}`),
    ),
    ...lateSettings(dice, devices.all),
    ...routesOf(dice, devices.all),
    ...proxied.map(({ ip, device }) => line('ip', `-6 neigh add proxy ${ip} dev ${device}`)),
    ...neighboursOf(dice, devices),
    ...(abilities.nft && dice.often(0.3) ? filtersOf(dice, devices.all) : []),
  ]
  const likely = [...addresses, ...addresses, ...proxied]
  return {
    family: 6,
    interfaces,
    lines,
    questions: withoutTwins(
      Array.from({ length: questions }, (_, at) => questionOf(dice, devices, likely, at, optimistic)),
    ),
    changes: changesOf(dice, devices.all, addresses),
  }
}

const SUBNETS = ['2001:db8:1', '2001:db8:2', '2001:db8:3'] as const

function addressesOf(dice: Chance, devices: readonly string[]): Address[] {
  const homes = devices
    .filter((device) => device !== 'lo' && dice.often(0.75))
    .map((device) => ({ ip: `${dice.one(SUBNETS)}::${1 + dice.below(3)}`, length: 64, device }))
  const vips = dice.some(['2001:db8:1::240', '2001:db8:2::240', '2001:db8:9::1'], 2)
  const held = vips.map((ip) => ({ ip, length: 128, device: dice.one(devices) }))
  return [...homes, ...held]
}

function flagOf(dice: Chance, optimistic: boolean): string {
  return optimistic && dice.often(0.5) ? ' optimistic' : dice.often(0.3) ? ' nodad' : ''
}

/** Where detection runs, it does not end while we look. */
function settingsOf(dice: Chance, devices: readonly string[], optimistic: boolean): Line[] {
  const endless = devices.filter(() => dice.often(optimistic ? 0.6 : 0.15))
  return [
    ...(dice.often(0.7) ? ['net/ipv6/conf/all/forwarding=1'] : []),
    ...(optimistic ? ['net/ipv6/conf/all/optimistic_dad=1'] : []),
    ...endless.flatMap((device) => [
      `net/ipv6/conf/${device}/dad_transmits=600`,
      `net/ipv6/conf/${device}/accept_dad=1`,
    ]),
    ...(dice.often(0.3) ? ['net/ipv6/conf/all/proxy_ndp=1'] : []),
    ...devices.filter(() => dice.often(0.4)).map((device) => `net/ipv6/conf/${device}/proxy_ndp=${dice.below(2)}`),
    ...devices.filter(() => dice.often(0.2)).map((device) => `net/ipv6/conf/${device}/forwarding=${dice.below(2)}`),
    ...devices.filter(() => dice.often(0.1)).map((device) => `net/ipv6/conf/${device}/force_forwarding=1`),
    ...devices.filter(() => dice.often(0.1)).map((device) => `net/ipv6/conf/${device}/suppress_frag_ndisc=0`),
    ...devices.map((device) => `net/ipv6/neigh/${device}/proxy_delay=${dice.one([0, 0, 5, 10])}`),
  ].map((text) => line('sysctl', text))
}

/** What takes addresses away again. */
function lateSettings(dice: Chance, devices: readonly string[]): Line[] {
  return [
    ...(dice.often(0.08) ? [line('sysctl', `net/ipv6/conf/${dice.one(devices)}/disable_ipv6=1`)] : []),
    ...(dice.often(0.05) ? [line('ip', `link set ${dice.one(devices)} mtu 1000`)] : []),
    ...(dice.often(0.08) ? [line('ip', `-6 addr flush dev ${dice.one(devices)} scope link`)] : []),
  ]
}

const PREFIXES = [
  'default',
  '2001:db8::/32',
  '2001:db8:2::/64',
  '2001:db8:1::50',
  '2001:db8:1::240',
  'ff02::/16',
  '2001:db8:9::/64',
] as const

function routesOf(dice: Chance, devices: readonly string[]): Line[] {
  const tables = ['main', 'main', '77', '88', 'local']
  const routes = Array.from({ length: dice.below(5) }, () => {
    const kind = dice.one(['', '', '', 'local', 'anycast', 'blackhole', 'unreachable', 'throw'])
    const by = ['blackhole', 'unreachable', 'throw'].includes(kind) ? '' : ` dev ${dice.one(devices)}`
    const table = kind === 'local' || kind === 'anycast' ? 'local' : dice.one(tables)
    return `-6 route add ${kind} ${dice.one(PREFIXES)}${by} table ${table}${dice.often(0.2) ? ` metric ${1 + dice.below(300)}` : ''}`
  })
  if (dice.often(0.5)) routes.unshift(`-6 route add default dev ${dice.one(devices)}`)
  const rules = dice.often(0.3) ? Array.from({ length: 1 + dice.below(2) }, () => ruleOf(dice, devices)) : []
  return [...routes, ...rules].map((text) => line('ip', text))
}

function ruleOf(dice: Chance, devices: readonly string[]): string {
  const selectors = [
    `from ${dice.one(SUBNETS)}::/64`,
    'from fe80::/10',
    'to 2001:db8:1::240',
    'to ff02::/16',
    `iif ${dice.one([...devices, 'lo'])}`,
    `oif ${dice.one(devices)}`,
    'fwmark 7',
    'ipproto tcp',
  ]
  const not = dice.often(0.15) ? 'not ' : ''
  const action = dice.one([
    'lookup 77',
    'lookup 88',
    'lookup main',
    'blackhole',
    'unreachable',
    'prohibit',
    'goto 32766',
  ])
  return `-6 rule add pref ${dice.one([0, 100, 200])} ${not}${[...new Set(dice.some(selectors, 2))].join(' ') || 'from all'} ${action}`
}

type Placed = Pick<Address, 'ip' | 'device'>

function proxiedOf(dice: Chance, { all, wire }: Devices): Placed[] {
  return dice.some(TARGETS, 6).map((ip) => ({ ip, device: dice.one([...wire, ...wire, ...all]) }))
}

function neighboursOf(dice: Chance, { all, bridge, wire }: Devices): Line[] {
  const tunnel =
    bridge && all.includes('vx0')
      ? [`-6 neigh add ${dice.one(TARGETS)} lladdr 02:00:00:00:07:07 nud permanent dev vx0`]
      : []
  const known = !bridge
    ? []
    : ['2001:db8:1::50', '2001:db8:2::50'].flatMap((ip, at) => {
        const mac = `02:00:00:00:07:0${at}`
        return [
          `-6 neigh add ${ip} lladdr ${mac} nud permanent dev ${bridge}`,
          `FDB ${mac} dev ${dice.one(wire)} master static`,
        ]
      })
  return [...tunnel, ...known].map((text) => line('ip', text))
}

function filtersOf(dice: Chance, devices: readonly string[]): Line[] {
  const device = () => dice.one(devices)
  const matches = (out: boolean) => [
    `icmpv6 type { ${out ? 'nd-neighbor-advert' : 'nd-neighbor-solicit'}, nd-router-advert }`,
    `ip6 ${out ? 'daddr' : 'saddr'} ${dice.one(['2001:db8:1::9', '2001:db8:1::/64', 'fe80::/10', '::'])}`,
    'ip6 daddr ff02::1:ff00:0/104',
    'ip6 hoplimit != 255',
    'meta l4proto ipv6-icmp',
    'ct state invalid,established',
    'ct state untracked',
    'ip saddr 10.0.0.0/8',
    'meta nfproto ipv6',
    `${out ? 'oifname' : 'iifname'} "${device()}"`,
    'tcp dport 22',
    'counter',
  ]
  const verdict = () => dice.one(['drop', 'drop', 'accept', 'jump more', 'return'])
  const chain = (family: string, hook: string, type = 'filter') => {
    const out = hook === 'output' || hook === 'postrouting'
    const usable = matches(out).filter((text) => family === 'inet' || !/^ip saddr/.test(text))
    const name = `${family}${hook}`
    return [
      `add table ${family} ${name}`,
      `add chain ${family} ${name} more`,
      `add rule ${family} ${name} more ${dice.one(usable)} drop`,
      `add chain ${family} ${name} first { type ${type} hook ${hook} priority ${type === 'nat' ? -100 : 0} ; policy ${dice.one(['accept', 'accept', 'accept', 'drop'])} ; }`,
      ...Array.from(
        { length: 1 + dice.below(2) },
        () => `add rule ${family} ${name} first ${[...new Set(dice.some(usable, 2))].join(' ')} ${verdict()}`,
      ),
    ]
  }
  const kinds = [
    () => chain('inet', 'input'),
    () => chain('ip6', 'input'),
    () => chain('ip6', 'prerouting'),
    () => chain('inet', 'output'),
    () => chain('ip6', 'postrouting'),
    () => chain('ip6', 'prerouting', 'nat'),
    () => chain('inet', 'forward'),
  ]
  return dice
    .one(kinds)()
    .map((text) => line('nft', text))
}

const TARGETS = [
  '2001:db8:1::1',
  '2001:db8:1::2',
  '2001:db8:2::1',
  '2001:db8:1::50',
  '2001:db8:2::50',
  '2001:db8:1::240',
  '2001:db8:9::1',
  '2001:db8:1::',
] as const
const ODD_TARGETS = ['::1', 'ff02::1', '2001:db8:2::', 'fe80::1', 'fe80::5', '::', '2001:db8:5::7'] as const
const ASKERS = ['2001:db8:1::9', '2001:db8:1::9', '2001:db8:2::9', 'fe80::9', '2001:db8:77::9'] as const
const ODD_ASKERS = ['ff02::9', '::1', '2001:db8:1::1', '::9'] as const

function questionOf(
  dice: Chance,
  { wire, all, bridge }: Devices,
  likely: readonly Placed[],
  at: number,
  optimistic: boolean,
): Asking {
  const placed = likely.length > 0 && dice.often(0.7) ? dice.one(likely) : null
  const on = placed && wire.includes(placed.device) ? placed.device : dice.one(wire)
  const target = placed ? placed.ip : dice.one([...TARGETS, ...ODD_TARGETS])
  const asker = dice.often(0.08) ? dice.one([...ODD_ASKERS, target]) : dice.one(ASKERS)
  const macs = [on, on, on, ...(bridge ? [bridge] : []), ...all.filter((name) => name !== 'lo')].map(macOf)
  const probe = !optimistic && dice.often(0.2)
  const to = dice.often(probe ? 0.9 : 0.6) ? null : dice.one([...macs, '33:33:00:00:00:01'])
  const odd = dice.often(0.15) ? dice.one(['hop', 'fragment', 'bare'] as const) : null
  return {
    on,
    target,
    asker: probe ? null : odd === 'bare' ? `2001:db8:1::a:${at}` : asker,
    to,
    ...(odd === 'hop' && { hopLimit: dice.one([1, 64, 254]) }),
    ...(odd === 'fragment' && { fragment: true }),
    ...(odd === 'bare' && { sourceLinkAddress: probe }),
  }
}

/** The answer to a probe goes to all nodes and does not say which one it answers. */
function withoutTwins(questions: readonly Asking[]): Asking[] {
  const probes = new Set<string>()
  return questions.map((question) => {
    if (question.asker !== null) return question
    const key = `${question.on} ${question.target}`
    const twin = probes.has(key)
    probes.add(key)
    return twin ? { ...question, asker: '2001:db8:1::9', sourceLinkAddress: true } : question
  })
}

function changesOf(dice: Chance, devices: readonly string[], addresses: readonly Address[]): string[] {
  const device = dice.one(devices)
  const [first] = addresses
  const kinds = [
    'net.ipv6.conf.all.forwarding=0',
    `net.ipv6.conf.${dice.one(['all', ...devices])}.proxy_ndp=${dice.below(2)}`,
    `net.ipv6.conf.${device}.forwarding=${dice.below(2)}`,
    `proxy-add=2001:db8:1::50@${device}`,
    ...(first ? [`address-del=${first.ip}/${first.length}@${first.device}`] : []),
    `address-add=${dice.one(['2001:db8:1::240/128', '2001:db8:2::2/64', '2001:db8:9::1/128'])}@${device}`,
    `net.ipv6.conf.${device}.disable_ipv6=1`,
    `link-up=off@${device}`,
  ]
  return [dice.one(kinds), ...(dice.often(0.3) ? [dice.one(kinds)] : [])]
}
