import type { VirtualRouter, VrrpFacts, VrrpMaster } from '../observe/vrrp/model.js'
import { lastSaid } from '../observe/vrrp/said.js'
import { isoFromMicros } from '../wire/iso-time.js'
import { formatMac } from '../wire/mac.js'
import type { ReportedCapture } from './report.js'

type Reported = NonNullable<ReportedCapture['vrrp']>

/** The `capture.vrrp` part of the report. */
export function reportVrrp({ adverts, failures, routers }: VrrpFacts): Reported {
  return { adverts, failures: { ...failures }, routers: routers.map(reportRouter) }
}

function reportRouter({ protocol, family, vlans, vrid, master, changeCount, masters }: VirtualRouter) {
  return {
    protocol,
    family,
    vlans: [...vlans],
    vrid,
    master,
    changes: changeCount,
    masters: masters.map(reportMaster),
  }
}

function reportMaster(master: VrrpMaster): Reported['routers'][number]['masters'][number] {
  const last = lastSaid(master)
  return {
    ip: master.ip,
    macs: master.macs.map(formatMac),
    adverts: master.adverts,
    resigned: master.resigned,
    firstSeen: isoFromMicros(master.firstAt),
    lastSeen: isoFromMicros(master.lastAt),
    version: last?.version ?? null,
    priority: last?.priority ?? null,
    intervalMs: last?.intervalMs ?? null,
    authentication: last?.authentication ?? null,
    addresses: [...(last?.addresses ?? [])],
    unicast: last?.unicast ?? false,
  }
}
