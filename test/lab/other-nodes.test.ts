import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeFolder } from '../../bin/nodes.mjs'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'
import { CLI, parseReport } from './scan-scenario.js'

const VIP = '10.77.0.240'
const own = Number(process.versions.node.split('.')[0])

describeLab('a tree that was built by one Node and is run by another', () => {
  let segment: Segment
  beforeAll(async () => {
    segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
  })
  afterAll(() => segment?.remove())

  it.each([20, 22, 24].filter((major) => major !== own))('Node %i says so, and takes another engine', async (major) => {
    const argv = [`${nodeFolder(major)}/bin/node`, CLI[1]!, 'scan', '--vip', VIP, '--no-kube', '--json']
    const { code, stdout, stderr } = await segment.exec('client', argv)
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(
      /addon does not load: it was built by another Node\.js than this one, v\d+.*; tcpdump listens/,
    )
    const report = parseReport(stdout)
    expect([report.verdict, report.gaps, report.run.source?.engine]).toEqual(['healthy', [], 'tcpdump'])
  })
})
