import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { watchMetrics } from '../../src/metrics/registry.js'
import type { Report } from '../../src/report/report.js'
import type { Memory, StandingFinding, VipState, WatchedWindow } from '../../src/watch/model.js'
import { A, B, standing, vip as stateOf } from '../watch/windows.js'

const vip = (ip: string, more: Partial<VipState> = {}): VipState =>
  stateOf(ip, {
    expected: null,
    ownerSince: '2026-01-01T00:00:00Z',
    moves: 2,
    lastAnswerAt: '2026-01-01T00:00:00Z',
    ...more,
  })

const STANDING = standing('10.0.0.240', { certainty: 'likely' })

function window(
  vips: readonly VipState[],
  more: Partial<WatchedWindow> = {},
  findings: StandingFinding[] = [],
): WatchedWindow {
  const memory: Memory = {
    vips: new Map(vips.map((one) => [one.ip, one])),
    findings: new Map(findings.map((one, at) => [String(at), one])),
    ended: new Map(),
    expectations: new Map(),
  }
  const addresses = [...vips.map(({ ip }) => ip), '10.0.0.9'].map((ip) => ({
    ip,
    timeline: [{ atMs: 0, mode: 'broadcast', to: null, answers: [{ mac: A.mac, afterMs: 0.4 }] }],
  }))
  const nd = { neighborSolicitations: 3, neighborAdvertisements: 4 }
  const truths = { wire: { read: 'whole' } }
  const report = { addresses, truths, capture: { arp: 10, nd, dropped: null } } as unknown as Report
  return { interface: 'eth0', memory, report, asked: true, ...more }
}

const textOf = async (metrics: ReturnType<typeof watchMetrics>) => String(await metrics.body())

/** Samples by name and labels. */
async function samples(metrics: ReturnType<typeof watchMetrics>): Promise<Map<string, number>> {
  const lines = (await textOf(metrics)).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
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
      [`l2doctor_vip_findings${of('10.0.0.240')},rule="wire/duplicate-responders",severity="error"}`]: 1,
      'l2doctor_arp_frames_total{interface="eth0"}': 20,
      'l2doctor_nd_frames_total{interface="eth0"}': 14,
    }
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, all.get(name)]))).toEqual(wanted)
  })

  it('hold no MAC, and no address that is not watched', async () => {
    const metrics = watchMetrics('1')
    const unknown = { ...B, node: null }
    metrics.observed(window([vip('10.0.0.240', { owner: unknown, responders: [unknown] })], {}, [STANDING]))
    const text = await textOf(metrics)
    expect(text).not.toMatch(/([\da-f]{2}:){5}/i)
    expect(text).not.toContain('10.0.0.9')
    expect(text).toContain('service="web",node=""} 1')
  })

  it('lose every series of an address that has gone', async () => {
    const metrics = watchMetrics('1')
    metrics.observed(window([vip('10.0.0.240'), vip('10.0.0.241')]))
    expect(await textOf(metrics)).toContain('10.0.0.241')
    metrics.observed(window([vip('10.0.0.240')]))
    expect(await textOf(metrics)).not.toContain('10.0.0.241')
  })

  it('lose every series of a Service that has the address no longer', async () => {
    const metrics = watchMetrics('1')
    metrics.observed(window([vip('10.0.0.240', { services: ['shop/former'] })]))
    metrics.observed(window([vip('10.0.0.240')]))
    expect(await textOf(metrics)).not.toContain('former')
    expect((await samples(metrics)).get(`l2doctor_vip_answer_seconds_count${of('10.0.0.240')}}`)).toBe(1)
  })

  it('are no verdict of a listener that does not ask, nor of an address of which nothing is known', async () => {
    const verdicts = /l2doctor_vip_(responders|expected_answers|answer_seconds_count)\{/
    const listening = watchMetrics('1')
    listening.observed(window([vip('10.0.0.240')], { asked: false }))
    expect(await textOf(listening)).not.toMatch(verdicts)
    const second = watchMetrics('1')
    second.observed(window([vip('10.0.0.240'), vip('10.0.0.241')], { asked: new Set(['10.0.0.241']) }))
    expect((await textOf(second)).match(/l2doctor_vip_responders\{vip="[^"]+"/g)).toEqual([
      'l2doctor_vip_responders{vip="10.0.0.241"',
    ])
    for (const unknown of [
      { verdict: 'inconclusive', because: 'x' },
      { verdict: 'findings', isKnown: false },
    ] as const) {
      const blind = watchMetrics('1')
      blind.observed(window([vip('10.0.0.240', { ...unknown, responders: [], answersAsExpected: null })]))
      expect(await textOf(blind)).not.toMatch(/l2doctor_vip_(responders|expected_answers)\{/)
    }
  })

  it('name the addresses whose first window of requests goes on, of each interface', async () => {
    const metrics = watchMetrics('1')
    const named = async () =>
      [...(await textOf(metrics)).matchAll(/^l2doctor_vip_verdict_due\{vip="([^"]+)"/gm)].map(([, ip]) => ip)
    metrics.verdictsDue('eth0', ['10.0.0.240', '2001:db8::1'])
    metrics.verdictsDue('eth1', ['10.0.1.240'])
    expect(await named()).toEqual(['10.0.0.240', '2001:db8::1', '10.0.1.240'])
    metrics.verdictsDue('eth0', [])
    expect(await named()).toEqual(['10.0.1.240'])
  })

  it('name a finding about another address without it', async () => {
    const metrics = watchMetrics('1')
    metrics.observed(window([vip('10.0.0.241')], {}, [STANDING]))
    const text = await textOf(metrics)
    expect(text).toContain('l2doctor_findings{rule="wire/duplicate-responders",severity="error"} 1')
    expect(text).not.toContain('l2doctor_vip_findings{')
    expect(text).not.toContain('10.0.0.240')
  })

  it('keep no report', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const metrics = watchMetrics('1')
    const observe = () => {
      const one = window([vip('10.0.0.240')])
      metrics.observed(one)
      return new WeakRef(one.report)
    }
    const report = observe()
    await new Promise(setImmediate)
    collect()
    expect(report.deref()).toBeUndefined()
    expect(await textOf(metrics)).toContain('10.0.0.240')
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
