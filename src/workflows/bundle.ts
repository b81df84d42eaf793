import type { FrameSource } from '../capture/source.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import type { MacOwner, Provenance } from '../facts/attribution.js'
import type { HostRecord } from '../node/host.js'
import type { CaptureConditions } from '../report/assemble.js'
import { formatIpv4 } from '../wire/ipv4.js'
import { formatMac } from '../wire/mac.js'
import type { Gathered } from './gather.js'
import { questionOf, type ScanContext, type ScanRequest } from './scan.js'

/** Everything that one diagnosis looked at, in one file: judged again it gives the same findings anywhere. */
export interface Bundle {
  readonly question: {
    readonly vips: readonly string[]
    readonly expectedMacs: readonly string[]
    readonly probed: boolean
  }
  readonly own: { readonly macs: readonly string[]; readonly ips: readonly string[] }
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
}

/** What a bundle keeps of a run. */
export function bundleOf(
  { question }: ScanRequest,
  owners: readonly MacOwner[],
  view: ScanContext['view'],
  { seen, kept, records }: Gathered,
): Bundle {
  const { look } = seen
  const { own, probed } = questionOf(question, seen)
  return {
    question: {
      vips: question.vips.map(formatIpv4),
      expectedMacs: question.expectedMacs.map(formatMac),
      probed,
    },
    own: { macs: own.macs.map(formatMac), ips: own.ips.map(formatIpv4) },
    capture: look && kept ? { source: look.source.source, bytes: kept.bytes(), conditions: look.conditions() } : null,
    cluster: view?.known ? view.value.cluster : null,
    hosts: records,
    owners: owners.map((owner) => ({ ...owner, mac: formatMac(owner.mac) })),
  }
}
