import { describe, expect, it } from 'vitest'
import type { HostRecord } from '../../src/node/host.js'
import { atOnce } from '../../src/steps.js'
import { asked } from '../../src/workflows/predict-questions.js'
import { predictingTexts } from '../../src/workflows/predict-table.js'
import { MAC0, type SampleHost, sampleHost } from '../answering/sample.js'

const VIP = '10.0.0.240'
const VIRTUAL_MAC = 0x00_00_5e_00_01_33
const WITH_MACVLAN: SampleHost = {
  links: [
    { name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 },
    { name: 'eth0', mac: MAC0 },
    { name: 'vrrp.51', kind: 'macvlan', parent: 'eth0', macvlanMode: 'private', mac: VIRTUAL_MAC },
  ],
}

/** The line of eth0. */
function lineFor(sample: SampleHost): string {
  const host = sampleHost({ ...WITH_MACVLAN, ...sample })
  const record = { name: host.name } as HostRecord
  const question = asked({ target: VIP, asker: '10.0.0.254', on: ['eth0'] })
  const { done } = atOnce(predictingTexts([question], [{ record, host, changed: null }], false))
  return done[0]!.split('\n').find((line) => line.includes('eth0'))!
}

describe('why a host answers by one of the devices that hear a request', () => {
  const quiet = { 'eth0.arp_ignore': 1, 'vrrp.51.arp_ignore': 1 }

  it('is told of the macvlan that answers, not of its parent that keeps silent', () => {
    const line = lineFor({ addresses: ['10.0.0.1/24 eth0', `${VIP}/32 vrrp.51`], conf: quiet })
    expect(line).toMatch(/yes .*00:00:5e:00:01:33 .*is an address of vrrp\.51, and arp_ignore 1 asks for that$/)
  })

  it('is told of the parent that answers, not of the macvlan that keeps silent', () => {
    const line = lineFor({ addresses: ['10.0.0.1/24 eth0', `${VIP}/32 eth0`], conf: quiet })
    expect(line).toMatch(/yes .*02:00:00:00:00:01 .*is an address of eth0, and arp_ignore 1 asks for that$/)
  })

  it('is the setting that stops it where none answers', () => {
    const line = lineFor({ addresses: ['10.0.0.1/24 eth0', `${VIP}/32 lo`], conf: quiet })
    expect(line).toMatch(/no .*is not an address of vrrp\.51, and arp_ignore 1 asks for that$/)
  })
})
