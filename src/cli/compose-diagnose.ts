import { readFile } from 'node:fs/promises'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Question } from '../facts/question.js'
import { CannotLook, type Known, known } from '../known.js'
import { parseIpv4 } from '../wire/ipv4.js'
import { parseMac } from '../wire/mac.js'
import type { Bundle } from '../workflows/bundle.js'
import type { DiagnoseAdapters, DiagnoseRequest } from '../workflows/diagnose.js'
import type { Look } from '../workflows/look.js'
import type { AttributionFlagValues, ClusterFlagValues } from './cluster-flags.js'
import { composeScan } from './compose.js'
import { type SshFlagValues, targetReader } from './compose-node.js'
import { isKubeconfigThere, scanContext } from './compose-scan-context.js'
import { parseMacs } from './macs.js'
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
  readonly save?: string | undefined
  readonly redact?: boolean | undefined
}

export interface Composed {
  readonly request: Omit<DiagnoseRequest, 'suppressions'>
  readonly adapters: DiagnoseAdapters
}

/** Reads the cluster, if there is one and it was not `read` already, to know whom to ask. */
export async function composeDiagnose(
  flags: DiagnoseFlagValues,
  version: string,
  note: (text: string) => void,
  interrupted: AbortSignal,
  read?: Known<ClusterView> | null,
): Promise<Composed> {
  const [asked, expectedMacs] = [parseVips(flags.vip ?? []), parseMacs(flags['expect-mac'] ?? [])]
  const kube = flags.kube ?? (flags['cluster-from'] !== undefined || isKubeconfigThere(process.env) ? true : undefined)
  const { targets, context } = await scanContext({ ...flags, kube }, asked, interrupted, read)
  const place = scanPlace({ ...flags, passive: undefined }, { ...targets, suspects: expectedMacs }, interrupted)
  const scan = await composeScan(place, { context, write: undefined, version, note })
  return {
    request: {
      question: { vips: targets.vips, expectedMacs, probed: flags.read === undefined ? true : null },
      allAddresses: false,
      hosts: flags.host ?? [],
      allNodes: flags['all-nodes'],
    },
    adapters: {
      ...scan,
      readHosts: await hostsOf(flags, note),
      baseline: flags.baseline === undefined ? null : (await import('./baseline-file.js')).baselineFile(flags.baseline),
      saveBundle: bundleSaver(flags, version),
    },
  }
}

/** Saved hosts where some are named, else ssh. */
async function hostsOf(
  flags: DiagnoseFlagValues,
  note: (text: string) => void,
): Promise<DiagnoseAdapters['readHosts']> {
  if (!flags.hosts) return null
  const from = flags['nodes-from']
  if (from === undefined) return targetReader(flags, note)
  const { loadSnapshots } = await import('../node/snapshot-files.js')
  return savedHosts(await loadSnapshots(from))
}

/** Of the targets, those that were saved; asked again, the same ones. */
function savedHosts(
  records: Awaited<ReturnType<NonNullable<DiagnoseAdapters['readHosts']>>>,
): DiagnoseAdapters['readHosts'] {
  return async (targets) => records.filter(({ name }) => targets.some((target) => target.name === name))
}

/** `--save`, under pseudonyms with `--redact`. */
function bundleSaver(
  { save, redact = false }: Pick<DiagnoseFlagValues, 'save' | 'redact'>,
  version: string,
): DiagnoseAdapters['saveBundle'] {
  if (save === undefined) return null
  return async (bundle) => {
    const { formatBundle } = await import('../workflows/bundle-file.js')
    const { writeWhole } = await import('./outputs.js')
    const kept = redact ? await redacted(bundle, version) : bundle
    await writeWhole(save, formatBundle(kept, `l2doctor ${version}`))
  }
}

async function redacted(bundle: Bundle, version: string): Promise<Bundle> {
  const { randomBytes } = await import('node:crypto')
  const { redactAndCompare } = await import('../workflows/redact-and-compare.js')
  return redactAndCompare(
    bundle,
    (one) => bundleAdapters(one, version),
    () => randomBytes(32),
  )
}

/** What `--save` kept, in place of wire, cluster and hosts; kept again, redacted or not, with `--save`. */
export async function composeBundle(
  file: string,
  version: string,
  saving: Pick<DiagnoseFlagValues, 'save' | 'redact'> = {},
): Promise<Composed> {
  const { parseBundle } = await import('../workflows/bundle-file.js')
  const { request, adapters } = await bundleAdapters(parseBundle(await readBundle(file), file), version)
  return { request, adapters: { ...adapters, saveBundle: bundleSaver(saving, version) } }
}

/** A bundle in place of wire, cluster and hosts. */
export async function bundleAdapters(bundle: Bundle, version: string): Promise<Composed> {
  const { viewCluster } = await import('../facts/cluster-view.js')
  const { announcers } = await import('../cluster/announcers/registry.js')
  const { vendorNames } = await import('../probe/vendors.js')
  const { NO_NAMES } = await import('../report/addresses.js')
  return {
    request: {
      question: questionOf(bundle),
      allAddresses: false,
      hosts: bundle.hosts.map(({ name }) => name),
      allNodes: false,
    },
    adapters: {
      open: async () => lookAt(bundle),
      names: { ...NO_NAMES, vendor: vendorNames() },
      context: {
        view: bundle.cluster && known(viewCluster(bundle.cluster, announcers), bundle.cluster.source),
        owners: bundle.owners.flatMap((owner) => {
          const mac = parseMac(owner.mac)
          return mac === null ? [] : [{ ...owner, mac }]
        }),
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
    return await readFile(file)
  } catch (cause) {
    throw new CannotLook({ subject: file, reason: (cause as Error).message, hint: 'name a readable bundle' }, { cause })
  }
}

function questionOf({ question }: Bundle): Omit<Question, 'own'> {
  return {
    vips: question.vips.map(parseIpv4).filter((ip) => ip !== null),
    expectedMacs: question.expectedMacs.map(parseMac).filter((mac) => mac !== null),
    probed: question.probed,
  }
}

function lookAt({ capture, own }: Bundle): Look {
  if (capture === null) throw new CannotLook({ subject: 'capture', reason: 'the bundle holds none', hint: '' })
  return {
    source: {
      source: capture.source,
      async *bytes() {
        yield capture.bytes
      },
      stop: () => {},
    },
    own: {
      macs: own.macs.map(parseMac).filter((mac) => mac !== null),
      ips: own.ips.map(parseIpv4).filter((ip) => ip !== null),
    },
    work: null,
    conditions: () => capture.conditions,
  }
}
