import { afterAll, describe, expect, it } from 'vitest'
import type { Segment } from '../../src/lab/segment.js'
import { atHand } from '../../src/report/at-hand.js'
import { actionOrder, diagnosed } from '../../src/report/diagnosed.js'
import type { Report, ReportedFinding } from '../../src/report/report.js'
import { type Lab, stand } from './cures/stand.js'
import { describeLab } from './describe-lab.js'
import { whyNoKeepalived } from './keepalived.js'
import { CHANGES, HOSTS, SETTINGS, type VrrpState } from './vrrp-states.js'

/** They mostly wait, so that a few stand at the same time; the longest come first. */
const open = new Set<Segment>()
afterAll(() => {
  for (const segment of open) segment.remove()
})

const weighty = ({ findings }: Report) => findings.filter(({ severity }) => severity !== 'info')
const told = (report: Report) =>
  weighty(report).map(({ certainty, rule, message }) => `${certainty} ${rule}: ${message}`)

async function inHost(lab: Lab, lines: VrrpState['later'] = []): Promise<void> {
  for (const [host, line] of lines) {
    const { code, stderr } = await lab.segment.exec(host, ['sh', '-ec', line])
    expect({ line, code, stderr }).toMatchObject({ code: 0 })
  }
}

async function paste(lab: Lab, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const { code, stderr } = await lab.paste(line)
    expect({ line, code, stderr }).toMatchObject({ code: 0 })
  }
}

/** The finding to act on first, as people read it. */
function firstOf(report: Report): ReportedFinding {
  const [first] = actionOrder(diagnosed(atHand(report))!)
  expect(first, 'nothing was found').toBeDefined()
  return first!
}

/** What keepalived holds it adds again, and which of two masters is right no capture says. */
function accusesNobody(report: Report): void {
  const steps = weighty(report).flatMap(({ fixes }) => fixes.flatMap((fix) => fix.steps))
  expect(steps.filter(({ run }) => run?.includes('address del'))).toEqual([])
  const sure = weighty(report).filter(({ certainty }) => certainty === 'certain')
  expect(sure.map(({ rule }) => rule)).not.toContain('answers/unwanted-responder')
}

async function cures(lab: Lab, state: VrrpState, { fixes: [fix] }: ReportedFinding): Promise<void> {
  const { keepalived = [], lines } = state.byHand ?? {}
  for (const [at, instance] of keepalived.entries()) if (instance) lab.configure(state.hosts[at]!.name, instance)
  await inHost(
    lab,
    lines?.filter(([, line]) => !line.startsWith('systemctl')),
  )
  const steps = fix!.steps.filter(({ kind, run }) => kind !== 'look' && run !== undefined)
  await paste(
    lab,
    steps.map(({ run }) => run!),
  )
  const reloads = lines?.filter(([, line]) => line.startsWith('systemctl')) ?? []
  await paste(
    lab,
    reloads.map(([host, line]) => `ssh ${host} -- '${line}'`),
  )
}

async function judged(state: VrrpState): Promise<void> {
  let own: Segment | null = null
  const lab = await stand({ agreed: 3, ...state, right: null }, (segment) => {
    own = segment
    open.add(segment)
  })
  try {
    await lab.settled()
    await inHost(lab, state.later)
    if (state.later) await lab.settled()
    const report = await lab.diagnose()
    const first = firstOf(report)
    expect(state.rules, told(report).join('\n')).toContain(first.rule)
    expect(first.message).toMatch(state.says)
    expect([state.certainty, 'certain'], first.because).toContain(first.certainty)
    if (state.advises) expect(first.fixes[0]!.steps.map(({ text }) => text).join('\n')).toMatch(state.advises)
    accusesNobody(report)
    await cures(lab, state, first)
    await lab.settled()
    const after = await lab.diagnose([])
    expect({ told: told(after), verdict: after.verdict, headline: after.headline }, first.message).toEqual({
      told: [],
      verdict: 'healthy',
      headline: null,
    })
  } finally {
    ;(own as Segment | null)?.remove()
  }
}

const whyNot = whyNoKeepalived()
if (whyNot) console.warn(`SKIPPED states of VRRP: ${whyNot}`)
const given =
  whyNot === null
    ? describeLab
    : (name: string, tests: () => void) => describe.skip(`${name} (SKIPPED: ${whyNot})`, tests)

given('two real keepalived: the cause is named, and what is printed leaves them healthy', () => {
  const all = [...CHANGES, ...SETTINGS, ...HOSTS].map((state) => [state.name, state] as const)
  it.concurrent.each(all)('%s', (_, state) => judged(state), 180_000)
})
