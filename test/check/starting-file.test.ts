import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCheckFile } from '../../src/check/parse-check-file.js'
import { startingFile, startingVips } from '../../src/check/starting-file.js'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import { viewCluster } from '../../src/facts/cluster-view.js'

const CLUSTER = 'fixtures/clusters/metallb-three-nodes/cluster.yaml'
const WEB = { ip: '10.0.0.240', service: 'default/web', candidates: ['node-a', 'node-b'] }

function parsed(text: string) {
  const result = parseCheckFile(text)
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  return result.file
}

/** What it would say with every proposal taken. */
function uncommented(text: string): string {
  return text.replace(/^( *)# ( *(?:- )?[a-zA-Z]+:.*)$/gm, '$1$2').replace(/^# ( {2,}.*)$/gm, '$1')
}

describe('startingFile', () => {
  it('is a check file as it stands', () => {
    expect(parsed(startingFile([WEB], true))).toMatchObject({
      vips: [{ ip: WEB.ip, service: WEB.service, responders: 1, nodes: [] }],
      failOn: 'error',
      cluster: true,
    })
  })

  it('is one with every proposal taken, too', () => {
    expect(parsed(uncommented(startingFile([WEB], true)))).toMatchObject({
      interface: 'eth0',
      vips: [{ nodes: ['node-a', 'node-b'], answerWithinMs: 50 }],
      allow: [{ rule: 'answers/unwanted-responder' }],
      baseline: '.l2doctor-baseline.json',
    })
  })

  it('takes no syntax from the names of a cluster', () => {
    const hostile = { ...WEB, service: 'default/a"#b', candidates: ['x\n  - ip: 1.2.3.4', '\u001b[31m'] }
    expect(parsed(startingFile([hostile], true)).vips).toHaveLength(1)
  })

  it('names every VIP of a cluster with its Service and candidates', async () => {
    const text = readFileSync(CLUSTER, 'utf8')
    const snapshot = snapshotFromFiles([{ name: CLUSTER, text }], new Date('2026-01-15T10:00:00Z'))
    const vips = startingVips(viewCluster(snapshot, announcers))
    expect(vips).toContainEqual(expect.objectContaining({ ip: '10.77.0.240', service: 'default/web' }))
    expect(vips.find(({ ip }) => ip === '10.77.0.240')?.candidates).toEqual(['node-a', 'node-b', 'node-c'])
    expect(parsed(startingFile(vips, true)).vips).toHaveLength(vips.length)
  })
})
