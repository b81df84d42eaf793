import type { KeptSource } from '../capture/keep.js'
import type { FrameSource } from '../capture/source.js'
import type { AgentState } from '../cluster/agent-state.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import type { Provenance } from '../facts/attribution.js'
import type { BaselineFacts } from '../facts/baseline.js'
import type { HistoryFacts } from '../facts/history.js'
import type { Question } from '../facts/question.js'
import type { VantageKind } from '../facts/vantages/model.js'
import type { HostRecord } from '../node/host.js'
import type { CaptureConditions } from '../report/assemble.js'
import { formatIp, isIpv4, isIpv6 } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'
import { type BundledTable, bundledTables } from './bundled-tables.js'
import { type Gathered, HERE } from './gathered.js'
import { questionOf } from './scan.js'
import type { ScanContext, ScanRequest } from './scan-request.js'
import type { Seen, SeenAt } from './see.js'

/** Everything that one diagnosis looked at, in one file: judged again it gives the same findings anywhere. */
export interface Bundle {
  readonly question: {
    readonly vips: readonly string[]
    readonly expectedMacs: readonly string[]
    readonly probed: boolean
    /** IPv6 addresses that were asked for, apart from the others: versions that judged ARP alone read `vips` only. */
    readonly ipv6: readonly string[]
  }
  readonly own: {
    readonly macs: readonly string[]
    readonly ips: readonly string[]
    /** The name of the asking machine, where l2doctor ran on another one. */
    readonly at?: string | undefined
    /** Addresses that are on no segment of that machine. */
    readonly elsewhere?: readonly string[] | undefined
    /** Entries of the asking machine's neighbour table, from before it asked. Absent: not read. */
    readonly neighbours?:
      | readonly {
          readonly ip: string
          readonly interface: string
          readonly mac: string
          readonly states: readonly string[]
          readonly host?: string | undefined
        }[]
      | undefined
  }
  /** Null when nothing could be captured. */
  readonly capture: {
    readonly source: FrameSource['source']
    readonly bytes: Uint8Array
    readonly conditions: CaptureConditions
  } | null
  /** Null when no cluster was read. */
  readonly cluster: ClusterSnapshot | null
  readonly hosts: readonly HostRecord[]
  /** MACs whose nodes were known before anything was looked at. */
  readonly owners: readonly {
    readonly node: string
    readonly mac: string
    readonly interface: string | null
    readonly via: Provenance
  }[]
  /** The places that were named to look from; absent: none was. `own` and `capture` are then those of the main one. */
  readonly vantages?: readonly BundledVantage[] | undefined
  /** Tables of routers and switches that were given; absent: none was. */
  readonly neighbours?: readonly BundledTable[] | undefined
  /** What announcers' agents said; absent: none was asked or given. */
  readonly agents?: readonly AgentState[] | undefined
  /** Who answered before, by the history of a watch; absent: none was given. */
  readonly history?: Pick<HistoryFacts, 'until' | 'addresses'> | undefined
  /** What the VIPs were before, and are; absent: nothing was compared. */
  readonly baseline?: BaselineFacts | undefined
}

/** A place that was looked from. */
export interface BundledVantage {
  readonly name: string
  readonly kind: VantageKind
  readonly probed: boolean
  readonly own: Bundle['own']
  /** Its capture is that of the bundle. */
  readonly isMain: boolean
  /** Null where nothing could be captured, and for the main one. */
  readonly capture: Bundle['capture']
}

/** What a bundle keeps of a run. */
export function bundleOf(
  { question }: ScanRequest,
  { owners, view, neighbours, history, agents: given = [] }: ScanContext,
  { seen, kept, records, attribution, agents: asked }: Gathered,
  baseline?: BaselineFacts,
): Bundle {
  const { own, probed } = questionOf(question, seen, { view: null })
  const { main = HERE } = seen
  const agents = [...given.flatMap(({ state }) => (state.known ? [state.value] : [])), ...asked]
  return {
    question: {
      vips: question.vips.filter(isIpv4).map(formatIp),
      expectedMacs: question.expectedMacs.map(formatMac),
      probed,
      ipv6: question.vips.filter(isIpv6).map(formatIp),
    },
    own: ownOf(own),
    capture: captureOf(seen, kept.get(main)),
    cluster: view?.known ? view.value.cluster : null,
    hosts: records,
    owners: owners.map((owner) => ({ ...owner, mac: formatMac(owner.mac) })),
    ...(seen.vantages ? { vantages: seen.vantages.map((one) => vantageOf(one, main, kept)) } : {}),
    ...(neighbours ? { neighbours: bundledTables(neighbours, question, seen, attribution) } : {}),
    ...(agents.length > 0 ? { agents } : {}),
    ...(history ? { history: { until: history.until, addresses: history.addresses } } : {}),
    ...(baseline ? { baseline } : {}),
  }
}

function vantageOf({ vantage, seen, facts }: SeenAt, main: string, kept: Gathered['kept']): BundledVantage {
  const { name, kind } = vantage
  const isMain = name === main
  const capture = isMain ? null : captureOf(seen, kept.get(name))
  return { name, kind, probed: facts.probed, own: ownOf(facts.own), isMain, capture }
}

function captureOf({ look }: Pick<Seen, 'look'>, kept: KeptSource | undefined): Bundle['capture'] {
  return look && kept ? { source: look.source.source, bytes: kept.bytes(), conditions: look.conditions() } : null
}

function ownOf({ macs, ips, neighbours, at, elsewhere }: Question['own']): Bundle['own'] {
  const texts = neighbours?.map(({ ip, mac, ...rest }) => ({ ...rest, ip: formatIp(ip), mac: formatMac(mac) }))
  return {
    macs: macs.map(formatMac),
    ips: ips.map(formatIp),
    ...(at === undefined ? {} : { at }),
    ...(elsewhere ? { elsewhere: elsewhere.map(formatIp) } : {}),
    ...(texts ? { neighbours: texts } : {}),
  }
}
