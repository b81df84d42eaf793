import { type KeptSource, keepSource } from '../capture/keep.js'
import { type Attribution, attribute } from '../facts/attribution.js'
import { ownersFromHosts } from '../facts/mac-owners.js'
import { buildingHosts, type HostRecord } from '../node/host.js'
import { oneEachMachine } from '../node/same-machine.js'
import type { WorkBudget } from '../work-budget.js'
import { askAgents } from './ask-agents.js'
import type { DiagnoseAdapters, DiagnoseRequest } from './diagnose-request.js'
import { type Gathered, HERE, type HostTarget } from './gathered.js'
import type { Look } from './look.js'
import { nodesOf } from './scan.js'
import { type Seen, type SeeWire, see } from './see.js'
import { nodesToAudit } from './suspect-hosts.js'
import { seeAll } from './vantage/see-all.js'

/** A bundle holds so much of a capture: hours of ordinary ARP, or some seconds of a storm. */
const MOST_CAPTURE_BYTES = 64 * 1024 * 1024

/** Wire and suspected hosts at once, then the hosts that turned out to answer. */
export async function gather(
  request: DiagnoseRequest,
  adapters: DiagnoseAdapters,
  interrupted: AbortSignal,
  budget: WorkBudget,
): Promise<Gathered> {
  const { context } = adapters
  const { vips } = request.question
  const { suspects, gaps } = chooseHosts(request, adapters)
  const wire = keepingOpen(adapters)
  const [seen, first] = await Promise.all([
    wire.see({ asked: vips, allAddresses: request.allAddresses }, nodesOf(context), interrupted),
    readSome(adapters, suspects, interrupted),
  ])
  const owners = [...context.owners, ...seen.owners]
  const known = attribute([...owners, ...ownersFromHosts(await budget.run(buildingHosts(first)))])
  const unread = respondersUnread(seen, first, known, request, adapters)
  const records = byName([...first, ...(await readSome(adapters, unread, interrupted))])
  const hosts = await budget.run(buildingHosts(records))
  const attribution = attribute([...owners, ...ownersFromHosts(oneEachMachine(hosts))])
  const agents = await askAgents(vips, adapters, seen, interrupted)
  const left = [...gaps, ...agents.gaps]
  return { seen, kept: wire.kept, records, hosts, attribution, agents: agents.states, gaps: left }
}

/** Looks from where it is to be looked from, and keeps what went by for a bundle, if one is to be written. */
function keepingOpen({ open, vantages, saveBundle }: DiagnoseAdapters) {
  const kept = new Map<string, KeptSource>()
  const keeping = async (name: string, look: Look): Promise<Look> => {
    if (saveBundle === null) return look
    const source = keepSource(look.source, MOST_CAPTURE_BYTES)
    kept.set(name, source)
    return { ...look, source: source.source }
  }
  const places = vantages?.map((one) => ({
    ...one,
    open: async (end: AbortSignal) => keeping(one.name, await one.open(end)),
  }))
  const seeWire: SeeWire = places
    ? (...asked) => seeAll(places, ...asked)
    : (...asked) => see(async () => keeping(HERE, await open()), ...asked)
  return { see: seeWire, kept }
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
