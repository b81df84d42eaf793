import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseMacMap } from '../../src/cli/mac-map.js'
import { formatMac } from '../../src/wire/mac.js'
import type { Bundle } from '../../src/workflows/bundle.js'
import { clusterOf } from '../cluster/read-yaml.js'
import { traceToPcap } from '../trace.js'

/** A folder of fixtures (cluster.yaml, trace.txt, macs.txt, question.json, each where there is one) as the bundle of a run. */
export function caseBundle(folder: string): Bundle {
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null)
  const { vips = [] } = JSON.parse(read('question.json') ?? '{}') as { vips?: string[] }
  const [trace, cluster] = [read('trace.txt'), read('cluster.yaml')]
  return {
    question: { vips, expectedMacs: [], probed: true, ipv6: [] },
    own: { macs: [], ips: [] },
    capture: trace === null ? null : captureOf(trace),
    cluster: cluster === null ? null : clusterOf(cluster),
    hosts: [],
    owners: parseMacMap(read('macs.txt') ?? '', 'macs.txt').map((owner) => ({ ...owner, mac: formatMac(owner.mac) })),
  }
}

function captureOf(trace: string): Bundle['capture'] {
  return {
    source: { kind: 'file', name: 'trace.txt', engine: 'file' },
    bytes: traceToPcap(trace),
    conditions: { dropped: null, clock: 'kernel', promiscuityChanged: null },
  }
}
