import { describe, expect, it } from 'vitest'
import { keyName, keyOf } from '../../src/cluster/key.js'
import { diagnose } from '../../src/diagnosis/causes.js'
import type { Relations } from '../../src/facts/relations.js'
import type { Finding } from '../../src/rules/engine.js'
import {
  clusterSubject,
  interfaceSubject,
  ipSubject,
  nodeSubject,
  objectSubject,
  segmentSubject,
  serviceSubject,
  subjectText,
} from '../../src/rules/subject.js'

const VIP = '10.0.0.240'

function finding(rule: string, subject: Finding['subject'], more: Partial<Finding> = {}): Finding {
  return {
    rule,
    subject,
    title: rule,
    severity: 'error',
    certainty: 'certain',
    because: 'read',
    message: rule,
    data: {},
    evidence: [],
    fixes: [],
    explains: [],
    fingerprint: `${rule} ${subjectText(subject)}`,
    docs: '',
    ...more,
  }
}

const ip = (address = VIP) => ipSubject(address)
const node = (name: string) => nodeSubject({ name })
const CLAIM = { symptom: 'claim' } as const
const duplicate = finding('wire/duplicate-responders', ip(), CLAIM)
const silent = finding('wire/no-answer', ip(), { symptom: 'silence' })

const NOBODY_KNOWS: Relations = {
  answers: () => null,
  mayAnnounce: () => null,
  serves: () => null,
  isAsked: () => true,
}
const onlyB = (asked: string) => asked === 'node-b'
const ONLY_B: Relations = {
  answers: (_, asked) => onlyB(asked),
  mayAnnounce: (_, asked) => onlyB(asked),
  serves: (_, service) => keyOf(service) === 'web/site',
  isAsked: (ip) => ip === VIP,
}

function causes(found: readonly Finding[], relations = ONLY_B): string[] {
  const { symptoms } = diagnose(found, relations)
  return symptoms[0]!.causes.map(
    ({ finding, certainty }) => `${certainty} ${finding.rule} ${subjectText(finding.subject)}`,
  )
}

describe('diagnose', () => {
  it('explains nothing about an IPv6 address by what is about ARP', () => {
    const six = finding('wire/no-answer', ip('2001:db8::240'), { symptom: 'silence' })
    const ignored = finding('sysctl/arp-ignore', node('node-b'), { explains: ['wire/no-answer'], family: 4 })
    const down = finding('link/down', node('node-b'), { explains: ['wire/no-answer'] })
    expect(causes([silent, ignored])).toHaveLength(1)
    expect(causes([six, ignored, down])).toEqual(['certain link/down node-b'])
  })

  it('lists a finding about the cluster only for the addresses that it names, if it names any', () => {
    const subject = objectSubject('DaemonSet/metallb-system/speaker')
    const label = (data: Finding['data']) =>
      finding('metallb/node-exclude-label', subject, { explains: ['wire/no-answer'], data })
    expect(causes([silent, label({})])).toHaveLength(1)
    expect(causes([silent, label({ vips: [VIP] })])).toHaveLength(1)
    expect(causes([silent, label({ vips: ['10.0.0.241'] })])).toEqual([])
  })

  it('lists a finding about the segment likewise', () => {
    const masters = (data: Finding['data']) =>
      finding('vrrp/two-masters', segmentSubject('VRID 51'), { explains: ['wire/duplicate-responders'], data })
    expect(causes([duplicate, masters({})])).toHaveLength(1)
    expect(causes([duplicate, masters({ vips: [VIP, 'fe80::1'] })])).toHaveLength(1)
    expect(causes([duplicate, masters({ vips: ['10.0.0.241'] })])).toEqual([])
  })

  it('lists a node as cause only when its MAC answered', () => {
    const explains = { explains: ['wire/duplicate-responders'] }
    const [b, c] = [
      finding('sysctl/proxy-arp', node('node-b'), explains),
      finding('sysctl/proxy-arp', node('node-c'), explains),
    ]
    expect(causes([duplicate, b, c])).toEqual(['certain sysctl/proxy-arp node-b'])
  })

  it('makes it merely possible when nobody knows whose MAC it is', () => {
    const cause = finding('sysctl/proxy-arp', interfaceSubject({ name: 'node-b' }, 'eth0'), {
      explains: ['wire/duplicate-responders'],
    })
    expect(causes([duplicate, cause], NOBODY_KNOWS)).toEqual(['possible sysctl/proxy-arp node-b/eth0'])
  })

  it('takes the word of a finding that names the address, where nobody knows whose it is', () => {
    const instance = (vips: readonly string[]) =>
      finding('vrrp/instance-interface', interfaceSubject({ name: 'node-b' }, 'eth0'), {
        explains: ['wire/no-answer'],
        data: { vips },
      })
    expect(causes([silent, instance([VIP])], NOBODY_KNOWS)).toEqual(['certain vrrp/instance-interface node-b/eth0'])
    expect(causes([silent, instance(['10.0.0.241'])], NOBODY_KNOWS)).toEqual([
      'possible vrrp/instance-interface node-b/eth0',
    ])
  })

  it('blames for silence a node that may announce, not one that answers', () => {
    const relations = { ...ONLY_B, answers: () => false }
    const cause = finding('link/down-or-noarp', interfaceSubject({ name: 'node-b' }, 'eth0'), {
      explains: ['wire/no-answer'],
    })
    expect(causes([silent, cause], relations)).toEqual(['certain link/down-or-noarp node-b/eth0'])
  })

  it('puts the root first: the cause that explains the other one', () => {
    const explains = ['wire/duplicate-responders']
    const host = finding('sysctl/arp-ignore', node('node-b'), { explains })
    const cluster = finding('kube-proxy/ipvs-without-strict-arp', clusterSubject('cluster'), {
      explains: [...explains, 'sysctl/arp-ignore'],
    })
    expect(causes([duplicate, host, cluster])).toEqual([
      'certain kube-proxy/ipvs-without-strict-arp cluster',
      'certain sysctl/arp-ignore node-b',
    ])
  })

  it('ranks by certainty before all else', () => {
    const explains = ['wire/duplicate-responders']
    const possible = finding('metallb/split-status', serviceSubject(keyName('web/site')), {
      explains,
      certainty: 'possible',
    })
    const likely = finding('firewall/arp-filtered', node('node-b'), {
      explains,
      certainty: 'likely',
      severity: 'warning',
    })
    expect(causes([duplicate, possible, likely])).toEqual([
      'likely firewall/arp-filtered node-b',
      'possible metallb/split-status web/site',
    ])
  })

  it('keeps a cause to its own address and Service', () => {
    const explains = ['wire/duplicate-responders']
    const elsewhere = finding('announcer/two-controllers-one-ip', ip('10.0.0.99'), { explains })
    const other = finding('metallb/split-status', serviceSubject(keyName('web/other')), { explains })
    const { symptoms, unattached } = diagnose([duplicate, elsewhere, other], ONLY_B)
    expect(symptoms[0]!.causes).toEqual([])
    expect(unattached).toEqual([elsewhere, other])
  })

  it('takes information neither for a symptom nor for a cause', () => {
    const info = finding('kernel/known-regression', node('node-b'), {
      severity: 'info',
      explains: ['wire/duplicate-responders'],
    })
    expect(diagnose([info], ONLY_B)).toEqual({ symptoms: [], unattached: [] })
    expect(causes([duplicate, info])).toEqual([])
  })

  it('knows the address of a tagged subject', () => {
    const tagged = finding('wire/duplicate-responders', ipSubject(VIP, [100]), CLAIM)
    const cause = finding('kube-vip/two-leases-one-ip', ip(), { explains: ['wire/duplicate-responders'] })
    expect(causes([tagged, cause])).toEqual([`certain kube-vip/two-leases-one-ip ${VIP}`])
  })
})

it('puts what is wrong with the addresses asked for first', () => {
  const other = finding('wire/duplicate-responders', ip('10.0.0.99'), CLAIM)
  const { symptoms } = diagnose([other, silent], ONLY_B)
  expect(symptoms.map((symptom) => subjectText(symptom.finding.subject))).toEqual([VIP, '10.0.0.99'])
})
