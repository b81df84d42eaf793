import { afterAll, beforeAll, expect } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { itUnderOtherNodes } from '../other-nodes.js'
import { describeLab } from './describe-lab.js'
import { CLI, parseReport } from './scan-scenario.js'

const VIP = '10.77.0.240'

describeLab('a tree that was built by one Node and is run by another', () => {
  let segment: Segment
  beforeAll(async () => {
    segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
  })
  afterAll(() => segment?.remove())

  itUnderOtherNodes(
    (major) => `Node ${major} says so, and takes another engine`,
    async (node) => {
      const argv = [node, CLI[1]!, 'scan', '--vip', VIP, '--no-kube', '--json']
      const { code, stdout, stderr } = await segment.exec('client', argv)
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(
        /addon does not load: it was built by another Node\.js than this one, v\d+.*; tcpdump listens/,
      )
      const report = parseReport(stdout)
      expect([report.verdict, report.gaps, report.run.source?.engine]).toEqual(['healthy', [], 'tcpdump'])
    },
  )
})
