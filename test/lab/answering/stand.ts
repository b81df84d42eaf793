import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { Change } from '../../../src/answering/change/model.js'
import { formatChange } from '../../../src/answering/change/text.js'
import { claimFolder, guard, remove, removeLeftovers } from '../../../src/lab/removal.js'
import { collectScript } from '../../../src/node/collect-script.js'
import { buildHost } from '../../../src/node/host.js'
import type { Host } from '../../../src/node/model.js'
import { parseCollected } from '../../../src/node/probes.js'
import { commandOf as changeCommand } from '../../../src/rules/changes/command.js'
import { formatIpv4 } from '../../../src/wire/ipv4.js'
import { formatIpv6, parseIpv6 } from '../../../src/wire/ipv6.js'
import { formatMac, isGroupMac, parseMac } from '../../../src/wire/mac.js'
import { groupMac, solicitedNodeOf } from '../../../src/wire/write-discovery.js'
import { type Asking, type Line, macOf, type RandomHost } from './random-host.js'

/** Hosts in namespaces, their wire-facing interfaces cabled to one more namespace, in which nothing but `ask.pl` runs. */
export interface Stand {
  /** What the collector reads of each host now. */
  read(): Promise<Host[]>
  /** Every reply to each question, in the order of the hosts. */
  ask(questions: readonly (readonly Asking[])[], waitMs: number): Promise<Heard[][][]>
  change(at: number, changes: readonly Change[]): Promise<void>
  remove(): void
}

export interface Heard {
  readonly mac: string
  /** Since the question was sent. */
  readonly afterMs: number
  /** The O flag of an advertisement. */
  readonly override?: boolean
}

/** Builds the hosts; a line that the kernel refuses is left out. */
export async function stand(hosts: readonly RandomHost[]): Promise<Stand> {
  removeLeftovers()
  const name = claim()
  guard({ name, stop: () => {} })
  const wire = `${name}-wire`
  const namespaces = hosts.map((_, at) => `${name}-h${at}`)
  await sh(skeleton(wire, namespaces, hosts))
  await Promise.all(inPairs(hosts.map((host, at) => () => sh(furnish(namespaces[at]!, host)))))
  return {
    read: async () => (await Promise.all(inPairs(namespaces.map((namespace) => () => collect(namespace))))).flat(),
    ask: (questions, waitMs) => ask(wire, questions, waitMs),
    change: (at, changes) => sh(changes.map((change) => commandOf(namespaces[at]!, change)).join('\n')).then(() => {}),
    remove: () => remove({ name, stop: () => {} }),
  }
}

function claim(): string {
  for (let n = 1; ; n++) {
    const name = `l2d-${process.pid}-${n}`
    if (claimFolder(name)) return name
  }
}

/** Two at a time: the machine has no more processors. */
function inPairs<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]>[] {
  const half = async (from: number) => {
    const done: [number, T][] = []
    for (let at = from; at < tasks.length; at += 2) done.push([at, await tasks[at]!()])
    return done
  }
  const both = Promise.all([half(0), half(1)]).then((halves) =>
    halves
      .flat()
      .sort(([a], [b]) => a - b)
      .map(([, value]) => value),
  )
  return [both]
}

function skeleton(wire: string, namespaces: readonly string[], hosts: readonly RandomHost[]): string {
  const cables = hosts.flatMap(({ interfaces }, at) =>
    Array.from({ length: interfaces }, (_, number) => {
      const there = `h${at}e${number}`
      return [
        `link add ${there} netns ${wire} arp off type veth peer name e${number} netns ${namespaces[at]} address ${macOf(`e${number}`)}`,
        `-n ${wire} link set ${there} up`,
      ]
    }).flat(),
  )
  const quiet = [wire, ...namespaces.filter((_, at) => hosts[at]!.family === 4)].map(
    (name) =>
      `ip netns exec ${name} sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6'`,
  )
  // an address that is to be tentative gets a device of its own settings
  const settled = namespaces
    .filter((_, at) => hosts[at]!.family === 6)
    .map(
      (name) =>
        `ip netns exec ${name} sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad'`,
    )
  return [
    `printf '%s\\n' ${[wire, ...namespaces].map((name) => `'netns add ${name}'`).join(' ')} | ip -batch -`,
    ...quiet,
    ...settled,
    ...cables.filter((text) => !text.startsWith('-n')).map((text) => `ip ${text}`),
    `printf '%s\\n' ${cables
      .filter((text) => text.startsWith('-n'))
      .map((text) => `'${text.replace(`-n ${wire} `, '')}'`)
      .join(' ')} | ip -n ${wire} -batch -`,
  ].join('\n')
}

/** Lines in their order, those of `ip` in a row as one batch. */
function furnish(namespace: string, { lines }: RandomHost): string {
  const inside = ['lo up', ...[]].map((text) => `ip link set ${text}`)
  return `ip netns exec ${namespace} sh <<'END' 2>/dev/null\n${[...inside, ...lines.map(shellOf)].join('\n')}\nEND\ntrue`
}

export function shellOf({ tool, text }: Line): string {
  if (text.startsWith('FDB ')) return `bridge fdb replace ${text.slice(4)}`
  if (tool === 'ip') return `ip ${text}`
  if (tool === 'nft') return `nft '${text}'`
  const equals = text.lastIndexOf('=')
  return `echo ${text.slice(equals + 1)} > /proc/sys/${text.slice(0, equals)}`
}

async function collect(namespace: string): Promise<Host> {
  const mark = 'a5'.repeat(16)
  const output = await run('ip', ['netns', 'exec', namespace, 'sh', '-s'], collectScript({ mark, become: false }))
  const { probes } = parseCollected(output, mark)
  return buildHost({ name: namespace.replace(/^.*-/, ''), address: 'lab', probes, failure: null })
}

/** The command that makes a change, as an operator would type it. */
function commandOf(namespace: string, change: Change): string {
  const text = formatChange(change)
  const [what, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]
  const [left, device] = value.split('@')
  const ip = `ip -n ${namespace}`
  switch (change.kind) {
    case 'sysctl':
      return `ip netns exec ${namespace} sysctl -qw ${text} || true`
    case 'address-add':
    case 'address-del':
      return `${ip} addr ${what.slice(8)} ${left} dev ${device} || true`
    case 'route-add':
    case 'route-del':
      return `${ip} route ${what.slice(6)} ${value} || true`
    case 'rule-add':
    case 'rule-del':
      return `${ip} rule ${what.slice(5)} pref ${value.replace(':', '')} || true`
    case 'proxy-add':
    case 'proxy-del':
      return `${ip} neigh ${what.slice(6)} proxy ${left} dev ${device} || true`
    case 'link':
      return `${ip} link set ${device} ${change.flag === 'up' ? (change.on ? 'up' : 'down') : `arp ${left}`} || true`
    case 'link-mac':
      return `${ip} link set ${device} address ${left} || true`
    case 'neighbour-add':
    case 'neighbour-del':
    case 'filter-add':
    case 'filter-del':
      return `ip netns exec ${namespace} ${changeCommand(change)} || true`
    case 'port':
      return `${ip} link set ${device} type bridge_slave ${change.flag} ${left} || true`
  }
}

/** The asker's MAC is the number of the question, so that a reply names it. */
async function ask(wire: string, questions: readonly (readonly Asking[])[], waitMs: number): Promise<Heard[][][]> {
  const flat = questions.flatMap((ofHost, host) => ofHost.map((question, at) => ({ host, at, question })))
  // hosts take turns, so that no device gets a burst
  flat.sort((a, b) => a.at - b.at || a.host - b.host)
  const isV6 = flat.some(({ question }) => question.target.includes(':'))
  const frames = flat.map(({ host, question }, number) => `h${host}${question.on} ${frameOf(number, question)}`)
  const output = await run(
    'ip',
    ['netns', 'exec', wire, 'perl', resolve('test/lab/answering/ask.pl'), String(waitMs), isV6 ? '86dd' : '0806'],
    `${frames.join('\n')}\n`,
  )
  const heard: Heard[][][] = questions.map((ofHost) => ofHost.map(() => []))
  const lines = output.toString().split('\n')
  const sent = new Map(
    lines
      .filter((line) => line.startsWith('sent '))
      .map((line) => [Number(line.split(' ')[1]), Number(line.split(' ')[2])]),
  )
  for (const line of lines) {
    const [on = '', hex = '', micros = '0'] = line.split(' ')
    const reply = isV6 ? advertisementIn(hex) : replyIn(hex)
    const number = reply && (reply.number ?? probeFor(flat, on, reply.ip))
    const asked = number === null ? undefined : flat[number]
    if (!reply || !asked || on !== `h${asked.host}${asked.question.on}` || reply.ip !== asked.question.target) continue
    heard[asked.host]![asked.at]!.push({
      mac: reply.mac,
      afterMs: (Number(micros) - (sent.get(number!) ?? 0)) / 1000,
      ...('override' in reply && { override: reply.override }),
    })
  }
  return heard
}

/** An advertisement for all nodes answers the one probe for its target on that interface. */
function probeFor(
  flat: readonly { readonly host: number; readonly question: Asking }[],
  on: string,
  ip: string,
): number | null {
  const at = flat.findIndex(
    ({ host, question }) => question.asker === null && question.target === ip && on === `h${host}${question.on}`,
  )
  return at < 0 ? null : at
}

function hexOfIp(ip: string): string {
  return ip
    .split('.')
    .map((octet) => Number(octet).toString(16).padStart(2, '0'))
    .join('')
}

function frameOf(number: number, asking: Asking): string {
  const { target, asker, to } = asking
  if (target.includes(':')) return solicitationOf(number, asking)
  const sender = `06${number.toString(16).padStart(10, '0')}`
  const destination = (to ?? 'ff:ff:ff:ff:ff:ff').replaceAll(':', '')
  return `${destination}${sender}08060001080006040001${sender}${hexOfIp(asker ?? '0.0.0.0')}${'0'.repeat(12)}${hexOfIp(target)}`
}

function solicitationOf(number: number, asking: Asking): string {
  const [target, source] = [parseIpv6(asking.target)!, asking.asker === null ? 0n : parseIpv6(asking.asker)!]
  const to = asking.to === null ? null : parseMac(asking.to)
  const destination = to === null || isGroupMac(to) ? solicitedNodeOf(target) : target
  const mac = 0x06_00_00_00_00_00 + number
  const { hopLimit = 255, fragment = false, sourceLinkAddress = asking.asker !== null } = asking
  const address = (ip: bigint) => ip.toString(16).padStart(32, '0')
  const option = sourceLinkAddress ? `0101${hex12(mac)}` : ''
  const body = `00000000${address(target)}${option}`
  const length = 4 + body.length / 2
  const sum = checksum(
    `${address(source)}${address(destination)}${length.toString(16).padStart(8, '0')}0000003a8700${'0000'}${body}`,
  )
  const message = `8700${sum}${body}`
  const payload = fragment ? `3a000000${number.toString(16).padStart(8, '0')}${message}` : message
  const header = `60000000${(payload.length / 2).toString(16).padStart(4, '0')}${fragment ? '2c' : '3a'}${hopLimit.toString(16).padStart(2, '0')}`
  const ethernet = `${hex12(to ?? groupMac(destination))}${hex12(mac)}86dd`
  return `${ethernet}${header}${address(source)}${address(destination)}${payload}`
}

function hex12(mac: number): string {
  return mac.toString(16).padStart(12, '0')
}

/** RFC 1071. */
function checksum(hex: string): string {
  let sum = (hex.match(/.{4}/g) ?? []).reduce((all, word) => all + Number.parseInt(word, 16), 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return (0xffff - sum).toString(16).padStart(4, '0')
}

/** The answer in an advertisement; `number` null: it is for all nodes. */
function advertisementIn(hex: string): { number: number | null; ip: string; mac: string; override: boolean } | null {
  if (hex.slice(24, 28) !== '86dd' || hex.slice(40, 42) !== '3a' || hex.slice(108, 110) !== '88') return null
  const [to, from] = [hex.slice(0, 12), hex.slice(12, 24)]
  if (!to.startsWith('06') && !to.startsWith('3333')) return null
  const ip = formatIpv6(BigInt(`0x${hex.slice(124, 156)}`))
  const mac = hex.slice(156, 160) === '0201' ? hex.slice(160, 172) : from
  return {
    number: to.startsWith('06') ? Number.parseInt(to.slice(2), 16) : null,
    ip,
    mac: formatMac(Number.parseInt(mac, 16)),
    override: (Number.parseInt(hex.slice(116, 118), 16) & 0x20) !== 0,
  }
}

/** The answer in an ARP reply: which question, for which address, with which MAC. */
function replyIn(hex: string): { number: number; ip: string; mac: string } | null {
  if (hex.slice(24, 44) !== '08060001080006040002') return null
  const [mac, ip, asker] = [hex.slice(44, 56), hex.slice(56, 64), hex.slice(64, 76)]
  if (!asker.startsWith('06')) return null
  return {
    number: Number.parseInt(asker.slice(2), 16),
    ip: formatIpv4(Number.parseInt(ip, 16)),
    mac: formatMac(Number.parseInt(mac, 16)),
  }
}

async function sh(script: string): Promise<void> {
  await run('sh', ['-c', script], '')
}

function run(file: string, argv: readonly string[], input: string): Promise<Buffer> {
  return new Promise((done, failed) => {
    const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'] })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', failed)
    child.on('close', (code) =>
      code === 0
        ? done(Buffer.concat(out))
        : failed(new Error(`${file} ${argv.join(' ')}: ${code}\n${Buffer.concat(err)}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
