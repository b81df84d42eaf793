import type { Report } from '../../src/report/report.js'
import { ipSubject } from '../../src/rules/subject.js'
import type { Machine, Memory, StandingFinding, VipState, WatchedWindow } from '../../src/watch/model.js'

export const [A, B]: [Machine, Machine] = [
  { mac: '02:00:00:00:00:0a', node: 'node-a' },
  { mac: '02:00:00:00:00:0b', node: 'node-b' },
]
const START = Date.UTC(2026, 0, 1, 3)

export function vip(ip: string, more: Partial<VipState> = {}): VipState {
  return {
    ip,
    vlans: [],
    tenures: [],
    services: ['shop/web'],
    verdict: 'healthy',
    because: null,
    isKnown: true,
    responders: [A],
    expected: { node: 'node-a', from: 'ServiceL2Status of MetalLB' },
    answersAsExpected: true,
    owner: A,
    ownerSince: '2026-01-01T02:12:00.000Z',
    moves: 0,
    lastAnswerAt: '2026-01-01T02:12:30.000Z',
    ...more,
  }
}

export function standing(ip: string, more: Partial<StandingFinding['finding']> = {}): StandingFinding {
  return {
    finding: {
      rule: 'wire/duplicate-responders',
      title: 'More than one machine answers for the same address',
      severity: 'error',
      certainty: 'certain',
      because: 'both answered one and the same request',
      subject: ipSubject(ip) as StandingFinding['finding']['subject'],
      message: `2 MACs answer for ${ip}: ${A.mac} and ${B.mac} (together in 6 of 6 rounds)`,
      fingerprint: `duplicate ${ip}`,
      docs: 'docs/rules/wire/duplicate-responders.md',
      ...more,
    },
    since: '2026-01-01T03:12:00.000Z',
    cleanWindows: 0,
    shown: 1,
    missed: 0,
    wasAsked: true,
    isLeft: false,
  }
}

/** The n-th window of a minute, as a watch hands it on. */
export function window(
  minute: number,
  vips: readonly VipState[],
  findings: readonly StandingFinding[] = [],
  more: Partial<WatchedWindow> & Pick<Partial<Memory>, 'expectations'> = {},
): WatchedWindow {
  const { expectations = new Map(), ...others } = more
  const memory: Memory = {
    vips: new Map(vips.map((one) => [one.ip, one])),
    findings: new Map(findings.map((one) => [one.finding.fingerprint, one])),
    ended: new Map(),
    expectations,
  }
  const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString()
  const report = { run: { startedAt: at(minute), endedAt: at(minute + 1) } } as unknown as Report
  return { interface: 'eth0', memory, report, asked: true, ...others }
}

/** What people and networks could write where a name, an address or a reason belongs. */
export const HOSTILE = [
  '<script>window.harm = 1</script>',
  '</script></style></title><img src="//x.invalid/a" onerror="window.harm = 1">',
  '" onmouseover="window.harm = 1" style="position:fixed',
  "' autofocus onfocus='window.harm = 1",
  '<svg/onload=window.harm=1>',
  '<meta http-equiv="refresh" content="0;url=//x.invalid/">',
  '<base href="//x.invalid/">',
  'javascript:window.harm=1',
  '&lt;script&gt;window.harm=1&lt;/script&gt;',
  'a\u202egnp.exe \u001b[31m\u0000 {{constructor.constructor("window.harm=1")()}}',
  '<details open ontoggle=window.harm=1>',
] as const

/** A window in which each text from outside is each of the hostile ones once. */
export function hostileWindow(minute: number): WatchedWindow {
  const vips = HOSTILE.map((text, at) =>
    vip(`10.0.0.${at + 1}`, {
      services: [`shop/${text}`],
      verdict: at % 2 === 0 ? 'findings' : 'inconclusive',
      because: text,
      responders: [{ mac: text, node: text }, B],
      expected: { node: text, from: text },
      owner: { mac: text, node: text },
    }),
  )
  const findings = HOSTILE.map((text, at) =>
    standing(`10.0.0.${at + 1}`, { title: text, message: text, because: text, fingerprint: text }),
  )
  const expectations = new Map(
    HOSTILE.map((text) => [text, { id: text, title: text, status: 'failed' as const, message: text }]),
  )
  return window(minute, vips, findings, { expectations, interface: HOSTILE[0] })
}
