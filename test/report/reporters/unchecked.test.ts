import { expect, it } from 'vitest'
import { pretty } from '../../../src/report/reporters/pretty.js'
import { savedReport } from './reports.js'

const SCREEN = { width: 80, unicode: true, colour: false, quiet: false, verbose: false }
const REASON = 'not among the objects of cluster.json'
const gap = (subject: string) => ({ subject, reason: REASON, hint: `add ${subject}`, decisive: false })
const REPORT = {
  ...savedReport('duplicate'),
  gaps: [gap('leases'), gap('events'), gap('configmaps'), { ...gap('hosts'), reason: 'no route' }],
  skipped: [
    { rule: 'kube-vip/lease-flapping', because: `leases: ${REASON}` },
    { rule: 'kube-vip/two-instances', because: `events: ${REASON}` },
  ],
}

/** What stands under Not checked. */
function unchecked(verbose: boolean): string[] {
  const lines = pretty(REPORT, { ...SCREEN, verbose }).split('\n')
  const from = lines.indexOf('Not checked') + 1
  return lines.slice(from, lines.indexOf('', from)).map((line) => line.trim())
}

it('gaps of one reason are one entry, with the rules that all of them cost', () => {
  expect(unchecked(false)).toEqual([
    `- leases, events, configmaps: ${REASON} (2 rules`,
    'skipped)',
    'To close the gap (and 2 more; -v lists all): add leases',
    '- hosts: no route',
    'To close the gap: add hosts',
  ])
})

it('with -v each has its own, and its own rules', () => {
  const text = unchecked(true).join(' ')
  expect(text).toContain(`- events: ${REASON} (kube-vip/two-instances skipped) To close the gap: add events`)
  expect(text.match(/To close the gap: /g)).toHaveLength(4)
})
