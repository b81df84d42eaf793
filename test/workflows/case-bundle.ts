import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { parseMacMap } from '../../src/cli/mac-map.js'
import { attribute } from '../../src/facts/attribution.js'
import { known, unknown } from '../../src/known.js'
import { parseIp } from '../../src/wire/ip.js'
import { formatMac } from '../../src/wire/mac.js'
import type { Bundle } from '../../src/workflows/bundle.js'
import { bundledTables } from '../../src/workflows/bundled-tables.js'
import { clusterOf } from '../cluster/read-yaml.js'
import { readAgents, readTables } from '../rules/fact-files.js'
import { traceToPcap } from '../trace.js'

/** A folder of fixtures (cluster.yaml, trace.txt, macs.txt, neighbours.txt, history.yaml, baseline.yaml, question.json, each where there is one) as the bundle of a run. */
export function caseBundle(folder: string): Bundle {
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null)
  const { vips = [] } = JSON.parse(read('question.json') ?? '{}') as { vips?: string[] }
  const [trace, cluster, tables] = [read('trace.txt'), read('cluster.yaml'), read('neighbours.txt')]
  const owners = parseMacMap(read('macs.txt') ?? '', 'macs.txt')
  const agents = readAgents(read('agents.txt') ?? '')
  const given = readTables(tables ?? '').map((table) => ({ name: table.name, table: known(table, 'neighbours.txt') }))
  const asked = { vips: vips.flatMap((vip) => parseIp(vip) ?? []) }
  return {
    question: {
      vips: vips.filter((ip) => !ip.includes(':')),
      expectedMacs: [],
      probed: true,
      ipv6: vips.filter((ip) => ip.includes(':')),
    },
    own: { macs: [], ips: [] },
    capture: trace === null ? null : captureOf(trace),
    cluster: cluster === null ? null : clusterOf(cluster),
    hosts: [],
    owners: owners.map((owner) => ({ ...owner, mac: formatMac(owner.mac) })),
    ...(agents.length > 0 ? { agents } : {}),
    ...parsed('history', read('history.yaml')),
    ...parsed('baseline', read('baseline.yaml')),
    ...(tables === null
      ? {}
      : { neighbours: bundledTables(given, asked, { wire: unknown('wire', 'unread') }, attribute(owners)) }),
  }
}

function parsed(name: 'history' | 'baseline', text: string | null): Partial<Bundle> {
  return text === null ? {} : { [name]: parse(text) }
}

function captureOf(trace: string): Bundle['capture'] {
  return {
    source: { kind: 'file', name: 'trace.txt', engine: 'file' },
    bytes: traceToPcap(trace),
    conditions: { dropped: null, clock: 'kernel', promiscuityChanged: null },
  }
}
