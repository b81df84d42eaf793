import { describe, expect, it } from 'vitest'
import { watchMetrics } from '../../src/metrics/registry.js'
import type { Report } from '../../src/report/report.js'
import { ipSubject } from '../../src/rules/subject.js'
import type { Memory, StandingFinding, VipState, WatchedWindow } from '../../src/watch/model.js'

const [MAC_A, MAC_B] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b']

function vip(ip: string, more: Partial<VipState> = {}): VipState {
  return {
    ip,
    services: ['shop/web'],
    verdict: 'healthy',
    because: null,
    responders: [{ mac: MAC_A, node: 'node-a' }],
    expected: null,
    answersAsExpected: true,
    owner: { mac: MAC_A, node: 'node-a' },
    ownerSince: '2026-01-01T00:00:00Z',
    moves: 2,
    lastAnswerAt: '2026-01-01T00:00:00Z',
    ...more,
  }
}

const STANDING: StandingFinding = {
  finding: {
    rule: 'wire/duplicate-responders',
    title: 'title',
    severity: 'error',
    certainty: 'likely',
    because: 'because',
    subject: ipSubject('10.0.0.240') as StandingFinding['finding']['subject'],
    message: `${MAC_A} and ${MAC_B} answer`,
    fingerprint: 'f',
    docs: '',
  },
  since: '2026-01-01T00:00:00Z',
  cleanWindows: 0,
}

function window(
  vips: readonly VipState[],
  more: Partial<WatchedWindow> = {},
  findings: StandingFinding[] = [],
): WatchedWindow {
  const memory: Memory = {
    vips: new Map(vips.map((one) => [one.ip, one])),
    findings: new Map(findings.map((one, at) => [String(at), one])),
    expectations: new Map(),
  }
  const addresses = [...vips.map(({ ip }) => ip), '10.0.0.9'].map((ip) => ({
    ip,
    timeline: [{ atMs: 0, mode: 'broadcast', to: null, answers: [{ mac: MAC_A, afterMs: 0.4 }] }],
  }))
  const nd = { neighborSolicitations: 3, neighborAdvertisements: 4 }
  const report = { addresses, capture: { arp: 10, nd, dropped: null } } as unknown as Report
  return { interface: 'eth0', memory, report, asked: true, ...more }
}

/** Samples by name and labels. */
async function samples(metrics: ReturnType<typeof watchMetrics>): Promise<Map<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]))
}

const of = (ip: string, family = 'ipv4') => `{vip="${ip}",family="${family}",service_namespace="shop",service="web"`

describe('metrics of a watch', () => {
  it('say of an address who answers, how often it moved, and when', async () => {
    const metrics = watchMetrics('1.2.3')
    metrics.vantage('eth0', true)
    metrics.observed(window([vip('10.0.0.240'), vip('2001:db8::1')], {}, [STANDING, STANDING]))
    metrics.observed(window([vip('10.0.0.240', { moves: 3 }), vip('2001:db8::1')], {}, [STANDING]))
    const all = await samples(metrics)
    const wanted = {
      'l2doctor_build_info{version="1.2.3"}': 1,
      'l2doctor_vantage_up{interface="eth0"}': 1,
      [`l2doctor_vip_responders${of('10.0.0.240')}}`]: 1,
      [`l2doctor_vip_responders${of('2001:db8::1', 'ipv6')}}`]: 1,
      [`l2doctor_vip_expected_answers${of('10.0.0.240')}}`]: 1,
      [`l2doctor_vip_owner_info${of('10.0.0.240')},node="node-a"}`]: 1,
      [`l2doctor_vip_moves_total${of('10.0.0.240')}}`]: 3,
      [`l2doctor_vip_last_answer_timestamp_seconds${of('10.0.0.240')}}`]: Date.UTC(2026, 0, 1) / 1000,
      [`l2doctor_vip_answer_seconds_count${of('10.0.0.240')}}`]: 2,
      'l2doctor_findings{rule="wire/duplicate-responders",severity="error"}': 1,
      'l2doctor_arp_frames_total{interface="eth0"}': 20,
      'l2doctor_nd_frames_total{interface="eth0"}': 14,
    }
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, all.get(name)]))).toEqual(wanted)
  })

  it('hold no MAC, and no address that is not watched', async () => {
    const metrics = watchMetrics('1')
    const unknown = { mac: MAC_B, node: null }
    metrics.observed(window([vip('10.0.0.240', { owner: unknown, responders: [unknown] })], {}, [STANDING]))
    const text = await metrics.text()
    expect(text).not.toMatch(/([\da-f]{2}:){5}/i)
    expect(text).not.toContain('10.0.0.9')
    expect(text).toContain('service="web",node=""} 1')
  })

  it('lose every series of an address that has gone', async () => {
    const metrics = watchMetrics('1')
    metrics.observed(window([vip('10.0.0.240'), vip('10.0.0.241')]))
    expect(await metrics.text()).toContain('10.0.0.241')
    metrics.observed(window([vip('10.0.0.240')]))
    expect(await metrics.text()).not.toContain('10.0.0.241')
  })

  it('are no verdict of a listener that does not ask, nor of an address of which nothing is known', async () => {
    const verdicts = /l2doctor_vip_(responders|expected_answers|answer_seconds_count)\{/
    const listening = watchMetrics('1')
    listening.observed(window([vip('10.0.0.240')], { asked: false }))
    expect(await listening.text()).not.toMatch(verdicts)
    const blind = watchMetrics('1')
    blind.observed(window([vip('10.0.0.240', { verdict: 'inconclusive', because: 'x', responders: [] })]))
    expect(await blind.text()).not.toMatch(/l2doctor_vip_(responders|expected_answers)\{/)
  })

  it('count findings of two interfaces together', async () => {
    const metrics = watchMetrics('1')
    metrics.observed(window([vip('10.0.0.240')], {}, [STANDING]))
    metrics.observed(window([vip('10.0.1.240')], { interface: 'eth1' }, [STANDING]))
    const all = await samples(metrics)
    expect(all.get('l2doctor_findings{rule="wire/duplicate-responders",severity="error"}')).toBe(2)
    expect(all.get(`l2doctor_vip_responders${of('10.0.0.240')}}`)).toBe(1)
    expect(all.get(`l2doctor_vip_responders${of('10.0.1.240')}}`)).toBe(1)
  })
})
