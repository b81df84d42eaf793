import { afterAll, expect, it } from 'vitest'
import type { Segment } from '../../src/lab/segment.js'
import { atHand } from '../../src/report/at-hand.js'
import { actionOrder, diagnosed } from '../../src/report/diagnosed.js'
import type { Report, ReportedFinding } from '../../src/report/report.js'
import { SYSCTL_FILE } from '../../src/rules/changes/sysctl-file.js'
import { FAULTS, type Fault } from '../lab/cures/faults.js'
import { FAULTS6 } from '../lab/cures/faults6.js'
import { type Lab, stand } from '../lab/cures/stand.js'
import { VRRP_FAULTS } from '../lab/cures/vrrp-faults.js'
import { describeLab } from '../lab/describe-lab.js'
import { whyNoKeepalived } from '../lab/keepalived.js'

/** They mostly wait for answers, so that a few stand at the same time. */
const open = new Set<Segment>()
afterAll(() => {
  for (const segment of open) segment.remove()
})

async function standing(fault: Fault, use: (lab: Lab) => Promise<void>): Promise<void> {
  let own: Segment | null = null
  const lab = await stand(fault, (segment) => {
    own = segment
    open.add(segment)
  })
  await use(lab).finally(() => own?.remove())
}

type Fix = ReportedFinding['fixes'][number]

/** The fix to do first, as people read it. */
function firstFix(report: Report): Fix | undefined {
  const joined = diagnosed(atHand(report))
  return joined === null ? undefined : actionOrder(joined)[0]?.fixes[0]
}

const NOTHING = { steps: [] } as unknown as Fix
const changesOf = (fix: Fix) => fix.steps.filter(({ kind, run }) => kind !== 'look' && run !== undefined)

async function pasteAll(lab: Lab, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const { code, stderr } = await lab.paste(line)
    expect({ line, code, stderr }).toMatchObject({ code: 0 })
  }
}

/** Each node still answers for its own addresses, of either family. */
async function nodesAnswer(lab: Lab, fault: Fault): Promise<void> {
  const own = fault.hosts.flatMap(({ name, address6 }) => [
    lab.segment.host(name).address,
    ...(address6 ? [address6.replace(/\/.*/, '')] : []),
  ])
  const { addresses } = await lab.scan(own)
  const silent = own.filter((ip) => !addresses.some((one) => one.ip === ip && one.answeredRounds > 0))
  expect(silent, 'nodes that lost their own address').toEqual([])
}

/** Done, looked at, survived, undone. */
async function cures(lab: Lab, fault: Fault): Promise<void> {
  if (fault.keepalived) await lab.settled()
  const [before, shownBefore] = [await lab.answering(), await lab.shown()]
  const fix = firstFix(await lab.diagnose())
  expect(fix, 'a fix is printed').toBeDefined()
  const steps = changesOf(fix!)
  // what is done on the machine that asks is no change of a host
  if (!fault.keepalived) expect(fix).toMatchObject({ trial: { tried: fix!.where !== 'workstation' } })
  await pasteAll(
    lab,
    steps.map(({ run }) => run!),
  )
  await lab.settled()
  expect({ answering: await lab.answering(), shown: await lab.shown() }, fix!.summary).toEqual({
    answering: [fault.right],
    shown: '',
  })
  await nodesAnswer(lab, fault)
  const onFile = steps.find(({ kind, run }) => kind === 'persistent' && run!.includes(SYSCTL_FILE))
  if (onFile) await comesBackFromItsFile(lab, fault, fix!)
  if (fault.staysCured) return
  await pasteAll(lab, [fix!.undo])
  await lab.settled()
  expect({ answering: await lab.answering(), shown: await lab.shown() }, `undo: ${fix!.undo}`).toEqual({
    answering: before,
    shown: shownBefore,
  })
}

async function onlyLooks(lab: Lab): Promise<void> {
  const before = await lab.answering()
  const report = await lab.diagnose()
  expect(changesOf(firstFix(report) ?? NOTHING).map(({ run }) => run)).toEqual([])
  const weighty = report.findings.filter(({ severity }) => severity !== 'info')
  const steps = weighty.flatMap(({ fixes }) => fixes.flatMap((fix) => fix.steps))
  expect(steps.flatMap(({ change, run }) => (change ? [run] : []))).toEqual([])
  expect(await lab.answering()).toEqual(before)
}

const named = (faults: readonly Fault[]) => faults.map((fault) => [fault.name, fault] as const)

describeLab('the first fix printed', () => {
  const all = [...FAULTS, ...FAULTS6, ...(whyNoKeepalived() === null ? VRRP_FAULTS : [])]
  it.concurrent.each(named(all.filter(({ right }) => right !== null)))(
    'cures: %s',
    (_, fault) => standing(fault, (lab) => cures(lab, fault)),
    180_000,
  )

  it.concurrent.each(named(all.filter(({ right }) => right === null)))(
    'only looks: %s',
    (_, fault) => standing(fault, onlyLooks),
    180_000,
  )
})

/** The settings as a boot leaves them: broken by what broke them, and then read from the file. */
async function comesBackFromItsFile(lab: Lab, fault: Fault, fix: Fix): Promise<void> {
  const { node } = fix
  const broken = fault.hosts.find(({ name }) => name === node)
  for (const [key, value] of Object.entries(broken?.sysctls ?? {}))
    await lab.segment.exec(node!, ['sh', '-c', `echo ${value} > /proc/sys/${key.replaceAll('.', '/')}`])
  await pasteAll(lab, [`ssh ${node} -- 'sysctl -q -p ${SYSCTL_FILE}'`])
  expect(await lab.answering(), 'after the next boot').toEqual([fault.right])
}
