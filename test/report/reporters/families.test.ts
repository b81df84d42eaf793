import { expect, it } from 'vitest'
import { pretty } from '../../../src/report/reporters/pretty.js'
import { savedReports } from './reports.js'

/** The same report of a capture with neighbour discovery alone. */
function ofIpv6(text: string): string {
  return text.replace(/\b10\.(\d+)\.(\d+)\.(\d+)\b/g, 'fd00::$1:$2:$3').replace(/"arp":\s*\d+/, '"arp":0')
}

it.each(['healthy', 'silent'])('says nothing of ARP about IPv6 addresses: %s', (name) => {
  const [, report] = savedReports().find(([one]) => one === name)!
  const changed = JSON.parse(ofIpv6(JSON.stringify({ ...report, findings: [] })))
  changed.capture.nd = { ...changed.capture.nd, neighborSolicitations: 9, neighborAdvertisements: 9 }
  const text = pretty(changed, { colour: false, width: 100, unicode: true, quiet: false, verbose: true })
  expect(text).toContain('multicast')
  expect(text).toContain('9 solicitations')
  expect(text).not.toMatch(/\bARP\b|broadcast|IPv4/)
})
