import { parse } from 'yaml'
import { parseMacMap } from '../../src/cli/mac-map.js'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { attribute } from '../../src/facts/attribution.js'
import { clusterFacts, viewCluster } from '../../src/facts/cluster-view.js'
import type { FactTable } from '../../src/facts/facts.js'
import type { Question } from '../../src/facts/question.js'
import { known } from '../../src/known.js'
import { Observer } from '../../src/observe/observer.js'
import { clusterOf } from '../cluster/read-yaml.js'
import { traceToPcap } from '../trace.js'
import { loadHosts } from './hosts-fixture.js'

/** Turns one file of a fixture into the facts it stands for. */
export type FactFile = (text: string, question: Question) => FactTable

/**
 * Which file of a fixture holds which facts. A fixture may hold several files; `question.json`, `expected.json` and
 * `README.md` are not facts. A new kind of input is one more line here.
 */
export const FACT_FILES: Readonly<Record<string, FactFile>> = {
  'trace.txt': readTrace,
  'allowances.json': (text) => ({ allowances: known(JSON.parse(text), 'allowances.json') }),
  'cluster.yaml': (text) => clusterFacts(known(viewCluster(clusterOf(text), announcers), 'cluster.yaml')),
  'macs.txt': (text) => ({ attribution: known(attribute(parseMacMap(text, 'macs.txt')), 'macs.txt') }),
  // The bindings of the last run and of this one, as src/facts/baseline.ts has them.
  'baseline.yaml': (text) => ({ baseline: known(parse(text), 'baseline.yaml') }),
  'hosts.yaml': (text) => ({ hosts: known(loadHosts(text), 'hosts.yaml') }),
}

/** Frames, in the format of test/trace.ts, read as a capture file is. */
function readTrace(text: string, { vips }: Question): FactTable {
  const observer = new Observer({ asked: vips, allAddresses: false })
  observer.push(traceToPcap(text))
  return { wire: known(observer.finish(), 'trace.txt') }
}
