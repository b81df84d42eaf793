import { describe, expect, it } from 'vitest'
import type { AddressLine } from '../../src/report/addresses.js'
import { askedBeside } from '../../src/report/asked.js'
import { judgeAddress } from '../../src/report/doubts.js'
import type { ReportedFinding } from '../../src/report/report.js'
import { segmentSubject } from '../../src/rules/subject.js'
import { savedReport } from './reporters/reports.js'

const { addresses } = savedReport('healthy')
const { verdict: _verdict, because: _because, ...address } = addresses[0]!
const line: AddressLine = { ...address, ip: '10.0.0.240', vlans: [10], asked: true, doubt: null }
/** What two masters of a virtual router are, of which nobody but one was heard to answer. */
const split = (vips: string[], vlans: number[] = []) => ({
  severity: 'error' as const,
  subject: segmentSubject('VRID 51'),
  data: { vips, vlans },
})

describe('a finding about a virtual router', () => {
  it.each([
    ['has the address', split(['10.0.0.240']), 'findings'],
    ['has it on its VLAN', split(['10.0.0.9', '10.0.0.240'], [10]), 'findings'],
    ['has it on another VLAN', split(['10.0.0.240'], [20]), 'healthy'],
    ['has another address', split(['10.0.0.9']), 'healthy'],
    ['is information', { ...split(['10.0.0.240']), severity: 'info' as const }, 'healthy'],
  ])('%s', (_, finding, verdict) => expect(judgeAddress(line, [finding])).toMatchObject({ verdict }))

  it('of another address does not hide what is true of the one asked for', () => {
    const asked = [judgeAddress(line, [])]
    const told = (vips: string[]) =>
      askedBeside({ addresses: asked, suppressed: [] }, [split(vips) as unknown as ReportedFinding])
    expect(told(['10.0.0.9'])).toEqual([{ verdict: 'healthy', words: '10.0.0.240 is healthy' }])
    expect(told(['10.0.0.9', '10.0.0.240'])).toEqual([])
    expect(told([])).toEqual([])
  })
})
