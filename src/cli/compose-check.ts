import type { CheckFile } from '../check/model.js'
import type { ClusterView } from '../facts/cluster-view.js'
import { CannotLook, type Known } from '../known.js'
import type { Suppression } from '../report/suppress.js'
import { formatIp } from '../wire/ip.js'
import type { CheckAdapters, Looked } from '../workflows/check.js'
import type { DiagnoseAdapters } from '../workflows/diagnose-request.js'
import { vipsOfService } from '../workflows/scan-vips.js'
import type { BaselineStore } from '../workflows/vip-baseline.js'
import { clusterReader } from './compose-cluster.js'
import { composeDiagnose, type DiagnoseFlagValues } from './compose-diagnose.js'
import type { Saves } from './saves.js'

/** Adapters of `check`; built, like all adapters, with lazy imports. */

export type CheckFlagValues = Omit<
  DiagnoseFlagValues,
  'vip' | 'service' | 'all' | 'all-nodes' | 'host' | 'hosts' | 'read' | 'baseline' | 'save' | 'expect-mac'
>

export async function composeCheck(
  file: CheckFile,
  flags: CheckFlagValues,
  version: string,
  note: (text: string) => void,
  saves: Saves,
): Promise<Omit<CheckAdapters, 'present'>> {
  const { CLOCK } = await import('../workflows/look-live.js')
  const { baseline: kept } = file
  const { baselineFile } = await import('./baseline-file.js')
  const baseline = kept === null ? null : baselineFile(kept, (contents) => saves.whole(kept, contents, 'owner'))
  const setting = { file, flags, baseline, version, note, saves }
  return {
    look: (suppressions, interrupted) => look(setting, suppressions, interrupted),
    baseline,
    clock: CLOCK,
    now: () => new Date(),
    note,
  }
}

interface Setting {
  readonly file: CheckFile
  readonly flags: CheckFlagValues
  readonly baseline: BaselineStore | null
  readonly version: string
  readonly note: (text: string) => void
  readonly saves: Saves
}

async function look(setting: Setting, suppressions: readonly Suppression[], interrupted: AbortSignal): Promise<Looked> {
  const { file, flags } = setting
  const { readView } = await import('../workflows/read-view.js')
  const view = file.cluster ? await readView(clusterReader(flags), interrupted) : null
  const vip = vipsNamed(file, view)
  const judge = vip.length > 0 ? diagnosis : auditOnly
  return { report: await judge(setting, vip, view, suppressions, interrupted), view }
}

/** Addresses of the file and of its Services, each once; a Service that nobody knows has none. */
function vipsNamed({ vips }: CheckFile, view: Looked['view']): string[] {
  const served = (service: string | null) =>
    service !== null && view?.known ? vipsOfService(view.value, service).map(formatIp) : []
  return [...new Set(vips.flatMap(({ ip, service }) => (ip === null ? served(service) : [ip])))]
}

async function diagnosis(
  { file, flags, baseline, version, note, saves }: Setting,
  vip: readonly string[],
  view: Looked['view'],
  suppressions: readonly Suppression[],
  interrupted: AbortSignal,
) {
  const { diagnose } = await import('../workflows/diagnose.js')
  const asked: DiagnoseFlagValues = {
    ...flags,
    interface: file.interface ?? undefined,
    kube: file.cluster,
    vip,
    all: false,
    'all-nodes': false,
    host: file.nodes,
    hosts: file.nodes.length > 0,
  }
  const { request, adapters } = await composeDiagnose(asked, version, note, saves, interrupted, view)
  const readHosts = onlyThose(file.nodes, adapters.readHosts)
  return diagnose({ ...request, suppressions }, { ...adapters, readHosts, baseline }, interrupted)
}

/** A gate logs in where its file says, and nowhere else. */
function onlyThose(nodes: readonly string[], read: DiagnoseAdapters['readHosts']): DiagnoseAdapters['readHosts'] {
  return (
    read &&
    (async (targets, interrupted) => {
      const named = targets.filter(({ name }) => nodes.includes(name))
      return named.length > 0 ? read(named, interrupted) : []
    })
  )
}

/** No Service of the file has a VIP, so there is nothing to ask the wire; what the cluster says may tell why. */
async function auditOnly(
  { baseline, version }: Setting,
  _vip: readonly string[],
  view: Looked['view'],
  suppressions: readonly Suppression[],
  interrupted: AbortSignal,
) {
  const { auditCluster } = await import('../workflows/audit-cluster.js')
  const question = { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: false }
  const adapters = {
    readCluster: async () => clusterOf(view),
    save: null,
    // one look of several: what is kept for the next run is the last one's, and not ours to write
    baseline: baseline && { ...baseline, write: nothing },
    present: nothing,
    owners: [],
    now: () => new Date(),
    version,
  }
  return auditCluster({ question, suppressions }, adapters, interrupted)
}

const nothing = async () => {}

function clusterOf(view: Known<ClusterView> | null) {
  if (view?.known) return view.value.cluster
  throw new CannotLook(
    view?.gap ?? {
      subject: 'cluster',
      reason: 'it is not to be read, and the file names Services only',
      hint: 'name their addresses, or set cluster: true',
    },
  )
}
