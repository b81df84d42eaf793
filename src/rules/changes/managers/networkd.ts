import type { Change } from '../../../answering/change/model.js'
import type { InterfaceOwner, Prefix, Route, RoutingRule } from '../../../node/model.js'
import { part, type ShellPart, sh } from '../../shell.js'
import { prefixText } from '../command.js'
import { cutting, type Edit, literally, markOf, prefixLike, withoutMark } from './edit.js'

const FOLDER = '/etc/systemd/network'

/** systemd.network(5). What comes is a drop-in of its own beside the interface's file; what goes becomes a comment there. */
export function networkdEdit(change: Change, owner: InterfaceOwner): Edit | null {
  return dropIn(change, owner) ?? taken(change, owner)
}

/** systemd.network(5), [Bridge]; without a key for `bcast_flood`. */
export const PORT_KEYS: Readonly<Record<string, string>> = {
  proxy_arp: 'ProxyARP',
  proxy_arp_wifi: 'ProxyARPWiFi',
  neigh_suppress: 'NeighborSuppression',
  isolated: 'Isolated',
  hairpin: 'HairPin',
  flood: 'UnicastFlood',
  learning: 'Learning',
}

/** The lines of a drop-in, and a name for it. A drop-in is read after the file itself, so its value is the one that counts. */
export function dropIn(change: Change, { file }: InterfaceOwner): Edit | null {
  const made = sectionOf(change)
  if (made === null || file === '') return null
  const folder = `${FOLDER}/${file.slice(file.lastIndexOf('/') + 1)}.d`
  const path = `${folder}/99-l2-vip-${made.name}.conf`
  return { run: sh`mkdir -p ${folder} && printf '%s\\n' ${made.lines} > ${path}`, undo: sh`rm -f ${path}` }
}

interface Section {
  readonly name: string
  readonly lines: readonly string[]
}

function sectionOf(change: Change): Section | null {
  switch (change.kind) {
    case 'address-add':
      return { name: change.address.ip, lines: ['[Address]', `Address=${prefixText(change.address)}`] }
    case 'route-add':
      return routeSection(change.route)
    case 'rule-add':
      return ruleSection(change.rule)
    case 'neighbour-add':
      if (!change.permanent) return null
      return { name: change.ip, lines: ['[Neighbor]', `Address=${change.ip}`, `LinkLayerAddress=${change.mac}`] }
    case 'port': {
      const key = PORT_KEYS[change.flag]
      return key === undefined ? null : { name: change.flag, lines: ['[Bridge]', `${key}=${yesNo(change.on)}`] }
    }
    case 'link':
      if (change.flag === 'arp') return { name: 'arp', lines: ['[Link]', `ARP=${yesNo(change.on)}`] }
      return change.on ? { name: 'up', lines: ['[Link]', 'ActivationPolicy=up'] } : null
    default:
      return null
  }
}

function routeSection({ type, destination, hops, table, metric, source }: Route): Section | null {
  if (hops.length > 1) return null
  const gateway = hops[0]?.gateway
  return {
    name: `route-${destination.ip}-${destination.length}-${table}`,
    lines: [
      '[Route]',
      `Destination=${prefixText(destination)}`,
      ...(gateway ? [`Gateway=${gateway}`] : []),
      ...(type === 'unicast' ? [] : [`Type=${type}`]),
      ...(table === 'main' ? [] : [`Table=${table}`]),
      ...(metric > 0 ? [`Metric=${metric}`] : []),
      ...(source === null ? [] : [`PreferredSource=${source}`]),
    ],
  }
}

function ruleSection(rule: RoutingRule): Section | null {
  const { priority, from, to, inputInterface, outputInterface, mark, table, details } = rule
  if (details?.action || table === null) return null
  return {
    name: `rule-${priority}`,
    lines: [
      '[RoutingPolicyRule]',
      `Priority=${priority}`,
      `Table=${table}`,
      ...(from === null ? [] : [`From=${prefixText(from)}`]),
      ...(to === null ? [] : [`To=${prefixText(to)}`]),
      ...(inputInterface === null ? [] : [`IncomingInterface=${inputInterface}`]),
      ...(outputInterface === null ? [] : [`OutgoingInterface=${outputInterface}`]),
      ...(mark === null ? [] : [`FirewallMark=${mark}`]),
      ...(rule.from === null && rule.to === null ? [`Family=ipv${rule.family}`] : []),
    ],
  }
}

function yesNo(on: boolean): 'yes' | 'no' {
  return on ? 'yes' : 'no'
}

function taken(change: Change, { file }: InterfaceOwner): Edit | null {
  if (file !== '' && !file.startsWith(`${FOLDER}/`)) return null
  const files = file === '' ? part`/etc/systemd/network/*.network` : part`${file}`
  switch (change.kind) {
    case 'address-del':
      return lineOut(prefixLike(change.address), change.address.ip, files)
    // a section [Neighbor] without its address is left out by networkd
    case 'neighbour-del':
      return lineOut(literally(change.ip), change.ip, files)
    case 'route-del': {
      const { destination } = change.route
      return destination.length === 0 ? null : sectionOut('Route', 'Destination', destination, files)
    }
    case 'rule-del': {
      const { from, to } = change.rule
      if (from !== null) return sectionOut('RoutingPolicyRule', 'From', from, files)
      return to === null ? null : sectionOut('RoutingPolicyRule', 'To', to, files)
    }
    default:
      return null
  }
}

function lineOut(address: string, subject: string, files: ShellPart): Edit {
  const out = [`s%\\n(Address=${address}\\n)%\\n${markOf(subject)}\\1%g`]
  return cutting({ out, back: withoutMark(subject) }, files)
}

/** A section whose name begins with `X-` is left out (systemd.syntax(7)); it comes back under its own. */
function sectionOut(section: string, key: string, prefix: Prefix, files: ShellPart): Edit {
  const name = `X-l2doctor ${prefixText(prefix)} ${section}`
  return cutting(
    {
      out: [`s%\\[${section}(\\]\\n([^[]*\\n)?${key}=${prefixLike(prefix)}\\n)%[${name}\\1%`],
      back: `s%^\\[${literally(name)}\\]$%[${section}]%`,
    },
    files,
  )
}
