import { type KeptSource, keepSource } from '../capture/keep.js'
import { type Attribution, attribute } from '../facts/attribution.js'
import { ownersFromHosts } from '../facts/mac-owners.js'
import type { Gap } from '../known.js'
import { buildHost, type HostRecord } from '../node/host.js'
import type { Host } from '../node/model.js'
import type { DiagnoseAdapters, DiagnoseRequest } from './diagnose.js'
import { nodesOf } from './scan.js'
import { type Seen, see } from './see.js'
import { nodesToAudit } from './suspect-hosts.js'

/** A host to read: its name in the report, and where it is reached. */
export interface HostTarget {
  readonly name: string
  readonly address: string
}

/** All that one diagnosis looked at, before anything is judged. */
export interface Gathered {
  readonly seen: Seen
  /** Null unless it is to go into a bundle. */
  readonly kept: KeptSource | null
  /** Sorted by name: the order in which hosts answered must not show in a report. */
  readonly records: readonly HostRecord[]
  readonly hosts: readonly Host[]
  readonly attribution: Attribution
  /** Hosts that were left out, and why. */
  readonly gaps: readonly Gap[]
}

/** A bundle holds so much of a capture: hours of ordinary ARP, or some seconds of a storm. */
const MOST_CAPTURE_BYTES = 64 * 1024 * 1024

/** Wire and suspected hosts at once, then the hosts that turned out to answer. */
export async function gather(
  request: DiagnoseRequest,
  adapters: DiagnoseAdapters,
  interrupted: AbortSignal,
): Promise<Gathered> {
  const { context } = adapters
  const { vips } = request.question
  const { suspects, gaps } = chooseHosts(request, adapters)
  const wire = keepingOpen(adapters)
  const [seen, first] = await Promise.all([
    see(wire.open, { asked: vips, allAddresses: request.allAddresses }, nodesOf(context), interrupted),
    readSome(adapters, suspects, interrupted),
  ])
  const owners = [...context.owners, ...seen.owners]
  const known = attribute([...owners, ...ownersFromHosts(first.map(buildHost))])
  const unread = respondersUnread(seen, first, known, request, adapters)
  const records = byName([...first, ...(await readSome(adapters, unread, interrupted))])
  const hosts = records.map(buildHost)
  const attribution = attribute([...owners, ...ownersFromHosts(hosts)])
  return { seen, kept: wire.kept(), records, hosts, attribution, gaps }
}

function keepingOpen({ open, saveBundle }: DiagnoseAdapters) {
  let kept: KeptSource | null = null
  return {
    open: async () => {
      const look = await open()
      if (saveBundle === null) return look
      kept = keepSource(look.source, MOST_CAPTURE_BYTES)
      return { ...look, source: kept.source }
    },
    kept: () => kept,
  }
}

/** Those the operator named, then the nodes that may announce; each once. */
function chooseHosts({ hosts, allNodes, question }: DiagnoseRequest, { context }: DiagnoseAdapters) {
  const { nodes, gaps } = context.view?.known
    ? nodesToAudit(context.view.value, question.vips, allNodes)
    : { nodes: [], gaps: [] }
  const named = hosts.map((name) =>
    targetOf(nodesOf(context).find((node) => node.name === name) ?? { name, internalIPs: [] }),
  )
  const others = nodes.filter(({ name }) => !hosts.includes(name)).map(targetOf)
  return { suspects: [...named, ...others], gaps }
}

/** The nodes whose MACs answered and that nobody has read yet. */
function respondersUnread(
  { wire }: Seen,
  read: readonly HostRecord[],
  attribution: Attribution,
  { question }: DiagnoseRequest,
  { context }: DiagnoseAdapters,
): HostTarget[] {
  if (!wire.known) return []
  const claims = wire.value.addresses.filter(({ ip }) => question.vips.includes(ip)).flatMap(({ claims }) => claims)
  const answered = new Set(claims.flatMap(({ mac }) => attribution.ownersOf(mac).map(({ node }) => node)))
  return nodesOf(context)
    .filter(({ name }) => answered.has(name) && !read.some((record) => record.name === name))
    .map(targetOf)
}

function targetOf({
  name,
  internalIPs,
}: {
  readonly name: string
  readonly internalIPs: readonly string[]
}): HostTarget {
  return { name, address: internalIPs[0] ?? name }
}

async function readSome({ readHosts }: DiagnoseAdapters, targets: readonly HostTarget[], interrupted: AbortSignal) {
  return readHosts && targets.length > 0 ? readHosts(targets, interrupted) : []
}

function byName(records: readonly HostRecord[]): HostRecord[] {
  return [...records].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
