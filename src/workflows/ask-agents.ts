import type { AskedSpeakers } from '../cluster/read-speakers.js'
import type { FactTable } from '../facts/facts.js'
import { CannotLook, type Gap, known } from '../known.js'
import type { Ip } from '../wire/ip.js'
import type { DiagnoseAdapters } from './diagnose-request.js'
import type { Gathered } from './gathered.js'
import type { ScanContext } from './scan-request.js'
import type { Seen } from './see.js'
import { nodesToAudit } from './suspect-hosts.js'

const NOBODY: AskedSpeakers = { states: [], gaps: [] }

/** What the announcers' own agents say, on the nodes that may announce an address that nobody answered for; else nobody is asked. */
export async function askAgents(
  vips: readonly Ip[],
  { context: { view }, readAgents }: DiagnoseAdapters,
  seen: Seen,
  interrupted: AbortSignal,
): Promise<AskedSpeakers> {
  const silent = silentOf(vips, seen)
  if (!readAgents || !view?.known || silent.length === 0 || interrupted.aborted) return NOBODY
  const nodes = nodesToAudit(view.value, silent, false).nodes.map(({ name }) => name)
  try {
    return await readAgents(nodes, view.value.cluster, interrupted)
  } catch (error) {
    if (error instanceof CannotLook) return { states: [], gaps: [error.gap] }
    throw error
  }
}

/** Addresses that were asked for, and that nobody answered for. */
function silentOf(vips: readonly Ip[], { wire }: Seen): Ip[] {
  if (!wire.known) return []
  const { addresses } = wire.value
  return vips.filter((ip) => {
    const seen = addresses.filter((one) => one.ip === ip)
    return seen.every(({ asks }) => asks.broadcast.answered + asks.unicast.answered + asks.probe.answered === 0)
  })
}

/** For the rules: those that were asked and those that the operator saved; absent where there is none. */
export function agentFacts(
  { agents: given = [] }: Pick<ScanContext, 'agents'>,
  { agents }: Pick<Gathered, 'agents'>,
): FactTable {
  const all = [...given.flatMap(({ state }) => (state.known ? [state.value] : [])), ...agents]
  return all.length > 0 ? { agents: known(all, "the announcers' agents") } : {}
}

/** A file that was given and not understood could say what the wire does not. */
export function agentDoubts({ agents = [] }: Pick<ScanContext, 'agents'>): Gap[] {
  return agents.flatMap(({ state }) => (state.known ? [] : [state.gap]))
}
