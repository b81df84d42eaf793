import { readInput } from '../bounded-file.js'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Question } from '../facts/question.js'
import { CannotWrite } from '../files/cannot-write.js'
import { CannotLook, type Known, known, unknown } from '../known.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { formatIp, type Ip, parseIp } from '../wire/ip.js'
import { parseMac } from '../wire/mac.js'
import type { Bundle, BundledVantage } from '../workflows/bundle.js'
import type { DiagnoseAdapters, DiagnoseRequest } from '../workflows/diagnose-request.js'
import type { Look } from '../workflows/look.js'
import type { Compose, Redacted } from '../workflows/redact-and-compare.js'
import type { GivenAgent } from '../workflows/scan-request.js'
import type { Vantage } from '../workflows/vantage/see-all.js'
import type { AttributionFlagValues, ClusterFlagValues } from './cluster-flags.js'
import { composeScan } from './compose.js'
import { agentReader } from './compose-cluster.js'
import { type SshFlagValues, targetReader } from './compose-node.js'
import { isKubeconfigThere, scanContext } from './compose-scan-context.js'
import { parseMacs } from './macs.js'
import { parseNamedFiles } from './named-files.js'
import { MOST_MEBIBYTES } from './read-text.js'
import { Saves } from './saves.js'
import { type PlaceFlags, scanPlace } from './scan-place.js'
import { parseVips } from './vips.js'

/** Adapters of `diagnose`, live or from a bundle; built, like all adapters, with lazy imports. */

export interface DiagnoseFlagValues
  extends ClusterFlagValues,
    AttributionFlagValues,
    SshFlagValues,
    Omit<PlaceFlags, 'passive'> {
  readonly vip?: readonly string[] | undefined
  readonly service?: readonly string[] | undefined
  readonly all: boolean
  readonly kube?: boolean | undefined
  readonly 'expect-mac'?: readonly string[] | undefined
  readonly host?: readonly string[] | undefined
  readonly hosts: boolean
  readonly 'all-nodes': boolean
  readonly baseline?: string | undefined
  readonly history?: string | undefined
  readonly save?: string | undefined
  readonly redact?: boolean | undefined
  /** `NODE=FILE`: what Cilium's agents printed. */
  readonly 'cilium-l2-announce'?: readonly string[] | undefined
}

export interface Composed {
  readonly request: Omit<DiagnoseRequest, 'suppressions'>
  readonly adapters: DiagnoseAdapters
}

export interface ComposedDiagnose extends Composed {
  /** The report of the run as its files are to hold it; with `--redact` unknown where it cannot be redacted. */
  readonly inFiles: (report: Report, suppressions: readonly Suppression[]) => Promise<Known<Report>>
}

/** Reads the cluster, if there is one and it was not `read` already, to know whom to ask. */
export async function composeDiagnose(
  flags: DiagnoseFlagValues,
  version: string,
  note: (text: string) => void,
  saves: Saves,
  interrupted: AbortSignal,
  read?: Known<ClusterView> | null,
): Promise<ComposedDiagnose> {
  const [asked, expectedMacs] = [parseVips(flags.vip ?? []), parseMacs(flags['expect-mac'] ?? [])]
  const kube = flags.kube ?? (flags['cluster-from'] !== undefined || isKubeconfigThere(process.env) ? true : undefined)
  const { targets, context } = await scanContext({ ...flags, kube }, asked, interrupted, read)
  const place = scanPlace({ ...flags, passive: undefined }, { ...targets, suspects: expectedMacs }, interrupted)
  const scan = await composeScan(place, { context, write: undefined, saves, version, note, reach: flags })
  const saved = await savedOnes(flags)
  const { gaps, ...past } = await readPast(flags.history, targets.vips)
  const agents = flags['cilium-l2-announce'] ? { agents: await readAgentFiles(flags['cilium-l2-announce']) } : {}
  const { saveBundle, inFiles } = keeping(flags, version, saves)
  return {
    inFiles,
    request: {
      question: { vips: targets.vips, expectedMacs, probed: flags.read === undefined ? true : null },
      allAddresses: false,
      hosts: flags.host ?? (scan.context.view?.known ? [] : (saved ?? []).map(({ name }) => name)),
      allNodes: flags['all-nodes'],
    },
    adapters: {
      ...scan,
      context: { ...scan.context, ...agents, ...past, gaps: [...scan.context.gaps, ...gaps] },
      readAgents: agentReader(flags),
      readHosts: saved ? savedHosts(saved) : flags.hosts ? targetReader(flags, note) : null,
      baseline: flags.baseline === undefined ? null : (await import('./baseline-file.js')).baselineFile(flags.baseline),
      saveBundle,
      ...(flags.history !== undefined && flags.at === undefined && flags.read === undefined
        ? { neighboursOf: (await import('../capture/gateways.js')).readNeighbours }
        : {}),
      workMs: flags.timeout * 1000,
    },
  }
}

/** `--history`, as far as it concerns these addresses. */
async function readPast(file: string | undefined, vips: readonly Ip[]) {
  if (file === undefined) return { gaps: [] }
  const { readHistory } = await import('./history-file.js')
  const { facts, segments, gaps } = await readHistory(file, vips.map(formatIp))
  if (facts !== null) return { history: facts, pastSegments: segments, gaps }
  return {
    gaps: [...gaps, { subject: file, reason: 'nothing was written to it yet', hint: 'l2doctor watch writes it' }],
  }
}

async function readAgentFiles(texts: readonly string[]): Promise<GivenAgent[]> {
  const { readAgentFile } = await import('./agent-files.js')
  return Promise.all(parseNamedFiles('--cilium-l2-announce', texts).map(readAgentFile))
}

type SavedHosts = Awaited<ReturnType<NonNullable<DiagnoseAdapters['readHosts']>>>

/** Where they are given and wanted. Without a cluster nobody else names hosts, and all of them are meant. */
async function savedOnes({ hosts, 'nodes-from': from }: DiagnoseFlagValues): Promise<SavedHosts | null> {
  if (!hosts || from === undefined) return null
  const { loadSnapshots } = await import('../node/snapshot-files.js')
  return loadSnapshots(from)
}

/** Of the targets, those that were saved; asked again, the same ones. */
function savedHosts(records: SavedHosts): DiagnoseAdapters['readHosts'] {
  return async (targets) => records.filter(({ name }) => targets.some((target) => target.name === name))
}

/** How a run keeps what it looked at, and how its files hold its report. */
interface Keeping {
  readonly saveBundle: DiagnoseAdapters['saveBundle']
  readonly inFiles: ComposedDiagnose['inFiles']
}

/** `--save` and `--redact`: the bundle as it is written, and the report of that bundle where files are to hold no true name. */
function keeping(
  { save, redact = false }: Pick<DiagnoseFlagValues, 'save' | 'redact'>,
  version: string,
  saves: Saves,
): Keeping {
  const written = async (file: string | undefined, bundle: Bundle) => {
    if (file === undefined) return
    const { formatBundle } = await import('../workflows/bundle-file.js')
    await saves.whole(file, formatBundle(bundle, `l2doctor ${version}`), 'owner')
  }
  if (!redact)
    return {
      saveBundle: save === undefined ? null : (bundle) => written(save, bundle),
      inFiles: async (report) => known(report, 'this run'),
    }
  const compose = (bundle: Bundle) => bundleAdapters(bundle, version)
  let kept: Known<Redacted> = unknown('--redact', 'nothing was looked at', '')
  return {
    saveBundle: async (bundle) => {
      try {
        const redaction = await redactedBundle(bundle, compose, saves.interrupted)
        kept = known(redaction, 'this run')
        await written(save, redaction.bundle)
      } catch (error) {
        if (!(error instanceof CannotLook)) throw error
        kept = { known: false, gap: error.gap }
        if (save !== undefined) saves.failed(new CannotWrite(save, error.gap.reason, error.gap.hint))
        throw error
      }
    },
    inFiles: async (_, suppressions) => {
      if (!kept.known) return kept
      const { redactedReport } = await import('../workflows/redact-and-compare.js')
      return known(await redactedReport(kept.value, compose, suppressions, saves.interrupted), 'its redacted bundle')
    },
  }
}

async function redactedBundle(bundle: Bundle, compose: Compose, interrupted: AbortSignal): Promise<Redacted> {
  const { randomBytes } = await import('node:crypto')
  const { redactAndCompare } = await import('../workflows/redact-and-compare.js')
  return redactAndCompare(bundle, compose, () => randomBytes(32), interrupted)
}

/** What `--save` kept, in place of wire, cluster and hosts; kept again, redacted or not, with `--save`. */
export async function composeBundle(
  file: string,
  version: string,
  saving: Pick<DiagnoseFlagValues, 'save' | 'redact'> = {},
  saves = new Saves(new AbortController().signal),
): Promise<ComposedDiagnose> {
  const { parseBundle } = await import('../workflows/bundle-file.js')
  const { request, adapters } = await bundleAdapters(parseBundle(await readBundle(file), file), version)
  const { saveBundle, inFiles } = keeping(saving, version, saves)
  return { request, adapters: { ...adapters, saveBundle }, inFiles }
}

/** A bundle in place of wire, cluster and hosts. */
export async function bundleAdapters(bundle: Bundle, version: string): Promise<Composed> {
  const { viewCluster } = await import('../facts/cluster-view.js')
  const { announcers } = await import('../cluster/announcers/registry.js')
  const { vendorNames } = await import('../probe/vendors.js')
  const { NO_NAMES } = await import('../report/addresses.js')
  const { givenTable } = await import('../workflows/bundled-tables.js')
  return {
    request: {
      question: questionOf(bundle),
      allAddresses: false,
      hosts: bundle.hosts.map(({ name }) => name),
      allNodes: false,
    },
    adapters: {
      open: async () => lookAt(bundle),
      ...(bundle.vantages && { vantages: bundle.vantages.map((one) => placeIn(bundle, one)) }),
      names: { ...NO_NAMES, vendor: vendorNames() },
      context: {
        view: bundle.cluster && known(viewCluster(bundle.cluster, announcers), bundle.cluster.source),
        owners: bundle.owners.flatMap((owner) => {
          const mac = parseMac(owner.mac)
          return mac === null ? [] : [{ ...owner, mac }]
        }),
        ...(bundle.agents && { agents: bundle.agents.map((state) => ({ state: known(state, 'the bundle') })) }),
        ...(bundle.history && { history: { ...bundle.history, services: [] } }),
        ...(bundle.baseline && { baseline: bundle.baseline }),
        ...(bundle.neighbours && { neighbours: bundle.neighbours.map(givenTable) }),
        unasked: bundle.cluster ? null : { because: 'the bundle holds none', gap: null },
        gaps: [],
      },
      readHosts: savedHosts(bundle.hosts),
      baseline: null,
      saveBundle: null,
      now: () => new Date(),
      version,
    },
  }
}

async function readBundle(file: string): Promise<Uint8Array> {
  try {
    return await readInput(file, MOST_MEBIBYTES.objects)
  } catch (cause) {
    throw new CannotLook({ subject: file, reason: (cause as Error).message, hint: 'name a readable bundle' }, { cause })
  }
}

function questionOf({ question }: Bundle): Omit<Question, 'own'> {
  return {
    vips: [...question.vips, ...question.ipv6].map(parseIp).filter((ip) => ip !== null),
    expectedMacs: question.expectedMacs.map(parseMac).filter((mac) => mac !== null),
    probed: question.probed,
  }
}

/** A place that was looked from when the bundle was written. */
function placeIn(bundle: Bundle, { name, kind, probed, own, isMain, capture }: BundledVantage): Vantage {
  const kept = isMain ? bundle.capture : capture
  return { name, kind, open: async () => ({ ...lookAt({ capture: kept, own }), probed }) }
}

function lookAt({ capture, own }: Pick<Bundle, 'capture' | 'own'>): Look {
  if (capture === null) throw new CannotLook({ subject: 'capture', reason: 'the bundle holds none', hint: '' })
  return {
    source: {
      source: capture.source,
      async *bytes() {
        yield capture.bytes
      },
      stop: () => {},
    },
    own: ownOf(own),
    work: null,
    conditions: () => capture.conditions,
  }
}

function ownOf({ macs, ips, neighbours, at, elsewhere }: Bundle['own']): Question['own'] {
  const read = neighbours?.flatMap(({ ip: text, mac: hex, host, ...rest }) => {
    const [ip, mac] = [parseIp(text), parseMac(hex)]
    return ip === null || mac === null ? [] : [{ ...rest, ip, mac, ...(host === undefined ? {} : { host }) }]
  })
  return {
    macs: macs.map(parseMac).filter((mac) => mac !== null),
    ips: ips.map(parseIp).filter((ip) => ip !== null),
    ...(read ? { neighbours: read } : {}),
    ...(at === undefined ? {} : { at }),
    ...(elsewhere ? { elsewhere: elsewhere.map(parseIp).filter((ip) => ip !== null) } : {}),
  }
}
