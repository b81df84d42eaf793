import { describe, expect, it } from 'vitest'
import { parseChange } from '../../src/answering/change/parse.js'
import { wireInterfaces } from '../../src/answering/interfaces.js'
import type { Announcement } from '../../src/answering/model.js'
import { tryingFixes } from '../../src/diagnosis/fixes.js'
import { hostTrials } from '../../src/diagnosis/host-trials.js'
import type { Rightful, TrialFacts } from '../../src/diagnosis/known.js'
import { Trials } from '../../src/diagnosis/trial.js'
import type { Host } from '../../src/node/model.js'
import { renderHostFix } from '../../src/rules/changes/host-fix.js'
import type { Finding } from '../../src/rules/engine.js'
import type { Fix } from '../../src/rules/fix.js'
import { atOnce } from '../../src/steps.js'
import { ip, MAC0, MAC1, type SampleHost, sampleHost } from '../answering/sample.js'

const VIP = '10.0.0.240'
const ONE_NIC = [{ name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 }, { name: 'eth0' }]
const named = (name: string, sample: SampleHost): Host => ({
  ...sampleHost({ links: ONE_NIC, ...sample }),
  name,
  address: name,
})
const holder = (name: string, own: string, more: SampleHost = {}) =>
  named(name, { ...more, addresses: [`${own}/24 eth0`, `${VIP}/32 eth0`] })
const bystander = (name: string, own: string, more: SampleHost = {}) =>
  named(name, { addresses: [`${own}/24 eth0`], ...more })

interface Situation {
  readonly right?: string
  readonly rightMac?: number
  readonly others?: readonly string[]
  readonly seen?: readonly string[]
  readonly announcements?: readonly Announcement[]
  readonly stranger?: boolean
}

function facts(hosts: readonly Host[], situation: Situation = {}): TrialFacts {
  const { right, rightMac, others = [], seen = [], announcements = [], stranger = false } = situation
  const rightful: Rightful | null =
    right === undefined ? null : { hosts: new Set([right]), macs: new Set(rightMac === undefined ? [] : [rightMac]) }
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    vips: [ip(VIP)],
    others: others.map(ip),
    asking: { askerFor: () => ip('10.0.0.99'), announcements },
    rightful: (asked) => (asked === ip(VIP) ? rightful : null),
    seen: (asked) => new Set(asked === ip(VIP) ? seen : []),
    strangers: () => stranger,
    nodeAddresses: () => [],
    reached: (host) => wireInterfaces(host).map((on) => ({ on, vlan: null })),
  }
}

function fix(host: Host, ...changes: readonly string[]): Fix {
  return renderHostFix(
    { summary: changes.join(), node: host.name, changes: changes.map((text) => parseChange(text)!) },
    host,
  )
}

function tried(fixed: Fix, known: TrialFacts) {
  const outcome = new Trials(known).try(fixed)
  if (outcome.kind === 'passed') return outcome.trial.tried && outcome.trial.after.at(-1)?.says
  return `${outcome.kind}: ${outcome.because}`
}

const [a, b] = [holder('node-a', '10.0.0.1'), holder('node-b', '10.0.0.2')]
const off = (host: Host) => fix(host, `address-del=${VIP}/32@eth0`)

describe('a trial', () => {
  it('is made of a host with hundreds of VLANs, each with an address, and not where it would take long', () => {
    const count = 300
    const vlans = Array.from({ length: count }, (_, at) => ({
      name: `eth0.${at + 1}`,
      kind: 'vlan',
      parent: 'eth0',
      vlanId: at + 1,
    }))
    const own = vlans.map(({ name }, at) => `10.${1 + (at >> 8)}.${at & 255}.1/24 ${name}`)
    const router = named('router', {
      links: [...ONE_NIC, ...vlans],
      addresses: ['10.0.0.3/24 eth0', `${VIP}/32 eth0`, ...own],
    })
    expect(tried(off(router), facts([router, b], { right: 'node-b' }))).toMatch(/node-b answers, router silent/)
    expect(tried(fix(router, 'net.ipv4.conf.all.arp_ignore=8'), facts([router, b], { right: 'node-b' }))).toMatch(
      /^failed: .*no longer answer for its own address/,
    )
    const others = Array.from({ length: 100 }, (_, at) => `10.9.0.${at + 1}`)
    expect(tried(off(router), facts([router, b], { others }))).toMatch(
      /^untried: router has too many interfaces to try every address/,
    )
  })

  it('passes what leaves the right holder alone', () => {
    expect(tried(off(a), facts([a, b], { right: 'node-b' }))).toBe(
      `${VIP}: node-b answers, node-a silent; nobody else changes`,
    )
  })

  it('fails what takes the VIP from the holder that the operator named', () => {
    expect(tried(off(b), facts([a, b], { right: 'node-b' }))).toMatch(/^failed: node-b, which should answer/)
  })

  it('fails what takes it from either holder while nobody says whose it is', () => {
    for (const one of [a, b]) expect(tried(off(one), facts([a, b]))).toMatch(/^failed: it is not known whether/)
  })

  it('fails what leaves nobody, even where the operator named a machine that never answers', () => {
    const silent = bystander('node-b', '10.0.0.2')
    expect(tried(off(a), facts([a, silent], { right: 'node-b' }))).toBe(`failed: nobody would answer for ${VIP}`)
    expect(tried(off(a), facts([a], { right: 'somebody' }))).toBe(`failed: nobody would answer for ${VIP}`)
  })

  it('counts an answer that was seen and not explained', () => {
    const silent = bystander('node-b', '10.0.0.2')
    expect(tried(off(a), facts([a, silent], { right: 'node-b', seen: ['node-b'] }))).toContain('node-b answers')
    expect(tried(off(a), facts([a], { right: 'node-c', seen: ['node-c'] }))).toContain('node-c answers')
  })

  it('never makes a real server of LVS silent that is needed, nor one that answers for its own address on lo', () => {
    const real = named('node-a', { addresses: ['10.0.0.1/24 eth0', `${VIP}/32 lo`] })
    const strict = fix(real, 'net.ipv4.conf.all.arp_ignore=1')
    expect(tried(strict, facts([real]))).toBe(`failed: nobody would answer for ${VIP}`)
    expect(tried(strict, facts([real, b], { right: 'node-b' }))).toContain('node-b answers, node-a silent')
    const own = holder('node-a', '10.0.0.1')
    const withLo = named('node-a', { addresses: ['10.0.0.1/24 eth0', `${VIP}/32 eth0`, '10.0.0.7/32 lo'] })
    expect(tried(fix(own, 'net.ipv4.conf.all.arp_ignore=1'), facts([own]))).toContain('node-a answers')
    expect(tried(fix(withLo, 'net.ipv4.conf.all.arp_ignore=1'), facts([withLo]))).toBe(
      'failed: node-a would no longer answer for its own address 10.0.0.7',
    )
  })

  it('fails what takes an address of the node itself', () => {
    const known = { ...facts([a, b], { right: 'node-b' }), nodeAddresses: () => [ip(VIP)] }
    expect(tried(off(a), known)).toBe(`failed: node-a would no longer answer for its own address ${VIP}`)
    expect(tried(fix(a, 'link-up=off@eth0'), facts([a, b], { right: 'node-b' }))).toMatch(/own address 10.0.0.1/)
  })

  it('takes a proxy away from an address that has a holder, whoever that is', () => {
    const proxy = bystander('node-a', '10.0.0.1', {
      links: [...ONE_NIC, { name: 'eth1', mac: MAC1, flags: ['UP'] }],
      routes: [`${VIP} dev eth1`],
      conf: { 'eth0.proxy_arp': 1, 'eth0.forwarding': 1 },
    })
    const quiet = fix(proxy, 'net.ipv4.conf.eth0.proxy_arp=0')
    expect(tried(quiet, facts([proxy, b]))).toContain('node-b answers, node-a silent')
    expect(tried(quiet, facts([proxy]))).toBe(`failed: nobody would answer for ${VIP}`)
  })

  it('knows that a setting does not silence an announcer with a socket of its own', () => {
    const speaker = bystander('node-a', '10.0.0.1')
    const answers = { broadcast: true, unicast: true, probe: true }
    const announcement = {
      ip: ip(VIP),
      host: 'node-a',
      interfaces: ['eth0'],
      answers,
      kernelHasASay: false,
      name: 'MetalLB',
    }
    const known = facts([speaker], { right: 'node-a', announcements: [announcement] })
    expect(tried(fix(speaker, 'net.ipv4.conf.all.arp_ignore=8'), known)).toMatch(/own address 10.0.0.1/)
    expect(tried(fix(speaker, 'net.ipv4.conf.all.arp_ignore=1'), known)).toContain('node-a answers')
  })

  it('keeps the MAC that the operator named', () => {
    const flux = named('node-a', {
      links: [...ONE_NIC, { name: 'eth1', mac: MAC1 }],
      addresses: ['10.0.0.1/24 eth0', '10.0.0.2/24 eth1', `${VIP}/32 eth0`],
    })
    const strict = fix(flux, 'net.ipv4.conf.all.arp_ignore=1')
    expect(tried(strict, facts([flux], { right: 'node-a', rightMac: MAC0 }))).toContain('node-a answers')
    expect(tried(strict, facts([flux], { right: 'node-a', rightMac: MAC1 }))).toMatch(/^failed: node-a would no longer/)
  })

  it('fails what makes another VIP change hands', () => {
    const two = named('node-a', { addresses: ['10.0.0.1/24 eth0', `${VIP}/32 eth0`, '10.0.0.241/32 eth0'] })
    const both = fix(two, `address-del=${VIP}/32@eth0`, 'address-del=10.0.0.241/32@eth0')
    const known = facts([two, b], { right: 'node-b', others: ['10.0.0.241'] })
    expect(tried(both, known)).toBe('failed: nobody would answer for 10.0.0.241')
    expect(tried(off(two), known)).toContain('node-b answers')
  })

  it('lets a silent holder speak, but no second one', () => {
    const mute = holder('node-a', '10.0.0.1', { conf: { 'eth0.arp_ignore': 8 } })
    const speak = fix(mute, 'net.ipv4.conf.eth0.arp_ignore=0')
    expect(tried(speak, facts([mute]))).toContain('node-a answers')
    expect(tried(speak, facts([mute, b]))).toBe(`failed: node-a would answer for ${VIP} too`)
    expect(tried(speak, facts([mute, b], { right: 'node-b' }))).toBe(`failed: node-a would answer for ${VIP} too`)
  })

  it('counts no answer on an interface that the segment does not reach', () => {
    const proxy = bystander('node-a', '10.0.0.1', {
      links: [...ONE_NIC, { name: 'eth1', mac: MAC1, flags: ['UP'] }],
      routes: [`${VIP} dev eth1`],
      conf: { 'eth0.proxy_arp': 1, 'eth0.forwarding': 1 },
    })
    const mute = named('node-b', {
      links: [...ONE_NIC, { name: 'mgmt0', mac: MAC1 }],
      addresses: ['10.0.0.2/24 eth0', '10.9.0.2/24 mgmt0', `${VIP}/32 eth0`],
      conf: { 'eth0.arp_ignore': 8 },
    })
    const quiet = fix(proxy, 'net.ipv4.conf.eth0.proxy_arp=0')
    const reached = () => [{ on: 'eth0', vlan: null }]
    expect(tried(quiet, { ...facts([proxy, mute]), reached })).toBe(`failed: nobody would answer for ${VIP}`)
    const own = fix(mute, 'net.ipv4.conf.mgmt0.arp_ignore=8')
    expect(tried(own, { ...facts([mute]), reached })).toMatch(/no longer answer for its own address/)
  })

  it('lets no address speak that a host holds aside and is silent about', () => {
    const real = named('node-a', {
      addresses: ['10.0.0.1/24 eth0', `${VIP}/32 lo`, '10.0.0.241/32 lo'],
      conf: { 'eth0.arp_ignore': 1 },
    })
    const loose = fix(real, 'net.ipv4.conf.eth0.arp_ignore=0')
    expect(tried(loose, facts([real]))).toBe('failed: node-a would answer for 10.0.0.241 too, which it holds aside')
    expect(tried(fix(real, `address-add=${VIP}/32@eth0`), facts([real]))).toContain('node-a answers')
  })

  it('says why it cannot try', () => {
    const elsewhere: Fix = { ...off(a), node: 'node-z' }
    const cluster: Fix = { ...off(a), where: 'cluster', steps: [{ kind: 'persistent', text: '' }] }
    const restart: Fix = { ...off(a), steps: [{ kind: 'restart', text: '' }] }
    const look: Fix = { ...off(a), steps: [{ kind: 'look', text: '' }] }
    const unknown = fix(a, 'net.ipv4.conf.eth9.arp_ignore=1')
    expect(tried(elsewhere, facts([a]))).toBe('untried: node-z was not read')
    expect(tried(cluster, facts([a]))).toBe('untried: what the cluster makes of it is not predicted')
    expect(tried(restart, facts([a]))).toBe('untried: what a restart brings is not predicted')
    expect(tried(look, facts([a]))).toBe('untried: the steps only look')
    expect(tried(unknown, facts([a]))).toMatch(/^untried: node-a has no interface "eth9"/)
  })
})

describe('the fixes of a finding', () => {
  const evidence = [{ kind: 'command', host: 'node-b', command: 'ip -brief address', output: 'eth0 10.0.0.240/32' }]
  const finding = (fixes: readonly Fix[]) => ({ fixes, evidence }) as unknown as Finding
  const printed = (fixes: readonly Fix[], known: TrialFacts, command = 'diagnose') =>
    atOnce(tryingFixes([finding(fixes)], hostTrials(known), command))[0]!.fixes

  it('are those that pass', () => {
    const known = facts([a, b], { right: 'node-b' })
    expect(printed([off(b), off(a)], known)).toMatchObject([
      { node: 'node-a', trial: { tried: true, after: [{ step: 1 }] } },
    ])
  })

  it('say that they were not tried where the run was stopped before', () => {
    const known = facts([a, b], { right: 'node-b' })
    const steps = tryingFixes([finding([off(a)]), finding([off(b)])], hostTrials(known), 'diagnose')
    steps.next(null)
    steps.next(null)
    const fixes = (steps.next('interrupted').value as Finding[]).map(({ fixes }) => fixes[0]?.trial)
    expect(fixes).toEqual([
      expect.objectContaining({ tried: true }),
      { tried: false, because: 'interrupted before it was tried' },
    ])
  })

  it('are tried as far as what the host has on it allows', () => {
    const routes = { known: true, from: 'test', value: Array.from({ length: 300_000 }, () => ({ family: 6 })) } as never
    const crowded = { ...a, sections: { ...a.sections, routes } }
    const trials = new Trials(facts([crowded], { right: 'node-b' }))
    expect(trials.try(off(a)).kind).not.toBe('untried')
    expect(trials.try(off(a))).toEqual({
      kind: 'untried',
      because: 'node-a has so much on it that only the first fixes were tried',
    })
  })

  it('begin with the one that cures', () => {
    const useless = fix(b, 'net.ipv4.conf.eth0.arp_filter=0')
    const known = facts([a, b], { right: 'node-b' })
    expect(printed([useless, off(a)], known).map(({ summary }) => summary)).toEqual([off(a).summary, useless.summary])
  })

  it('only look where each would do harm, and say what they show', () => {
    const [only, ...more] = printed([off(a), off(b)], facts([a, b]))
    expect(more).toEqual([])
    expect(only).toMatchObject({ undo: 'No changes to undo: these steps only look.', trial: { tried: false } })
    expect(only!.steps.every(({ kind }) => kind === 'look')).toBe(true)
    expect(only!.steps.map(({ run }) => run)).toEqual(
      expect.arrayContaining([
        'ip -brief address',
        `l2doctor predict --vip ${VIP} --host node-a --host node-b --set node-a:address-del=${VIP}/32@eth0`,
      ]),
    )
  })

  it('never tell to run the command just run', () => {
    const look = (run: string) => ({ kind: 'look', text: '', run }) as unknown as Fix['steps'][number]
    const steps = [look(`l2doctor diagnose --vip ${VIP}`), look('kubectl get nodes')]
    const runs = (command: string) =>
      printed([{ ...off(a), steps }], facts([a]), command)[0]!.steps.map(({ run }) => run)
    expect(runs('diagnose')).toEqual(['kubectl get nodes'])
    expect(runs('check')).toEqual(['kubectl get nodes'])
    expect(runs('scan')).toHaveLength(2)
  })
})
