import { parse } from 'yaml'
import { parseMacMap } from '../../src/cli/mac-map.js'
import type { AgentState } from '../../src/cluster/agent-state.js'
import { readAnnounceTable } from '../../src/cluster/announcers/cilium/announce-table.js'
import { readSpeakerMetrics } from '../../src/cluster/announcers/metallb/speaker-metrics.js'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { attribute, type MacOwner } from '../../src/facts/attribution.js'
import { clusterFacts } from '../../src/facts/cluster-facts.js'
import { viewCluster } from '../../src/facts/cluster-view.js'
import type { FactTable } from '../../src/facts/facts.js'
import type { Question } from '../../src/facts/question.js'
import { withoutCrosstalk } from '../../src/facts/vantages/crosstalk.js'
import { mergeVantages } from '../../src/facts/vantages/merge.js'
import { heardIn, type VantageFacts } from '../../src/facts/vantages/model.js'
import { withOwnAnswers } from '../../src/facts/vantages/own-answers.js'
import { known } from '../../src/known.js'
import { readNeighbourTable } from '../../src/neighbours/read-table.js'
import { Observer } from '../../src/observe/observer.js'
import { parseMac } from '../../src/wire/mac.js'
import { clusterOf } from '../cluster/read-yaml.js'
import { framesToPcap, parseTrace, traceToPcap } from '../trace.js'
import { loadHosts } from './hosts-fixture.js'

/** Turns one file of a fixture into the facts it stands for. */
export type FactFile = (text: string, question: Question) => FactTable

/**
 * Which file of a fixture holds which facts. A fixture may hold several files; `question.json`, `expected.json` and
 * `README.md` are not facts. A new kind of input is one more line here.
 */
export const FACT_FILES: Readonly<Record<string, FactFile>> = {
  'trace.txt': (text, question) => readCapture(traceToPcap(text), 'trace.txt', question),
  // Traces with a line === between them, stored one after the other, as merged files are; each counts from the same second.
  'traces.txt': (text, question) =>
    readCapture(framesToPcap(text.split(/^===$/m).flatMap(parseTrace)), 'traces.txt', question),
  // What several places saw: `=== NAME KIND [own MAC,own MAC]` before the trace of each.
  'vantages.txt': readVantages,
  'allowances.json': (text) => ({ allowances: known(JSON.parse(text), 'allowances.json') }),
  'cluster.yaml': (text) => clusterFacts(known(viewCluster(clusterOf(text), announcers), 'cluster.yaml')),
  'macs.txt': (text) => ({ attribution: known(attribute(parseMacMap(text, 'macs.txt')), 'macs.txt') }),
  // Who spoke as a node's own address in this look.
  'heard.txt': (text) => ({ attribution: known(attribute(heardOf(text)), 'heard.txt') }),
  // The bindings of the last run and of this one, as src/facts/baseline.ts has them.
  'baseline.yaml': (text) => ({ baseline: known(parse(text), 'baseline.yaml') }),
  // What a watch wrote down, as src/facts/history.ts has it.
  'history.yaml': (text) => ({ history: known(parse(text), 'history.yaml') }),
  // Tables of routers and switches: `=== NAME` before what each of them printed.
  'neighbours.txt': (text) => ({ neighbours: known(readTables(text), 'neighbours.txt') }),
  // What announcers' agents say: `=== metallb NODE` before the metrics of a speaker, `=== cilium NODE` before a table.
  'agents.txt': (text) => ({ agents: known(readAgents(text), 'agents.txt') }),
  'hosts.yaml': (text) => ({ hosts: known(loadHosts(text), 'hosts.yaml') }),
}

function heardOf(text: string): MacOwner[] {
  return parseMacMap(text, 'heard.txt').map((owner) => ({ ...owner, via: 'arp-of-node-ip' }))
}

/** Frames, in the format of test/trace.ts, read as a capture file is. */
function readCapture(bytes: Uint8Array, name: string, { vips }: Question): FactTable {
  const observer = new Observer({ asked: vips, allAddresses: false })
  observer.push(bytes)
  return { wire: known(observer.finish(), name) }
}

export function readAgents(text: string): AgentState[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((said) => {
      const [, announcer, node = '', printed = ''] = /^(\S+) (\S+)\n(.*)$/s.exec(said) ?? []
      const read = announcer === 'cilium' ? readAnnounceTable : readSpeakerMetrics
      const state = read(printed, node, announcer === 'cilium' ? `${node}.txt` : `Pod/metallb-system/speaker-${node}`)
      if (state === null) throw new Error(`${node}: no metrics of MetalLB`)
      return state
    })
}

/** `=== NAME` before what each device printed. */
export function readTables(text: string) {
  const devices = text.split(/^=== /m).slice(1)
  return devices.map((device) => {
    const [, name = '', printed = ''] = /^(\S+)\n(.*)$/s.exec(device) ?? []
    return readNeighbourTable(printed, name)
  })
}

function readVantages(text: string, question: Question): FactTable {
  const places = text.split(/^=== /m).slice(1)
  const seen = places.map((place): VantageFacts => {
    const [, name = '', kind, macs = '', trace = ''] = /^(\S+) (\S+) ?(\S*)\n(.*)$/s.exec(place) ?? []
    const { wire } = readCapture(traceToPcap(trace), name, question)
    if (!wire?.known) throw new Error(`${name}: no capture`)
    const own = { macs: macs.split(',').flatMap((mac) => parseMac(mac) ?? []), ips: [] }
    return {
      name,
      kind: kind as VantageFacts['kind'],
      file: null,
      wire,
      own,
      heard: heardIn(wire.value),
      probed: kind !== 'file',
    }
  })
  const apart = withOwnAnswers(withoutCrosstalk(seen))
  const merged = mergeVantages(apart, question.vips)
  return { vantages: known(apart, 'vantages.txt'), ...(merged && { wire: known(merged.wire, 'vantages.txt') }) }
}
