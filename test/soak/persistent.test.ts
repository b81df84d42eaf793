import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { requireLab } from '../../src/lab/requirements.js'
import type { Segment } from '../../src/lab/segment.js'
import { atHand } from '../../src/report/at-hand.js'
import { actionOrder, diagnosed } from '../../src/report/diagnosed.js'
import type { Report } from '../../src/report/report.js'
import type { Fault } from '../lab/cures/faults.js'
import { type Lab, stand } from '../lab/cures/stand.js'
import { describeLab } from '../lab/describe-lab.js'
import { KEPT_FAULTS, type KeptFault } from '../lab/persistent/faults.js'
import { BOOTED, booting, whyNot } from '../lab/persistent/managed-host.js'

const open = new Set<Segment>()
afterAll(() => {
  for (const segment of open) segment.remove()
})

/** A host's files: what its namespaces are set up from, again and again. */
function diskOf({ files }: KeptFault): string {
  const disk = mkdtempSync(join(tmpdir(), 'l2doctor-disk-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(disk, name)), { recursive: true })
    writeFileSync(join(disk, name), text, { mode: name.startsWith('NetworkManager') ? 0o600 : 0o644 })
  }
  return disk
}

/** node-a comes up from its files and from nothing else; its namespaces are gone afterwards. */
async function booted<T>(fault: KeptFault, disk: string, use: (lab: Lab) => Promise<T>): Promise<T> {
  const setup = ['ip addr flush dev eth0', 'ip link set eth0 down', ...(fault.setup ?? [])]
  const whole: Fault = {
    ...fault,
    management: true,
    hosts: [
      { name: 'node-a', setup, ...(fault.sysctls ? { sysctls: fault.sysctls } : {}) },
      { name: 'node-b', ...(fault.holder ? { vips: ['10.77.0.240'] } : {}) },
    ],
  }
  let own: Segment | null = null
  const wrapped = (name: string) => (name === 'node-a' ? booting(disk, fault.manager) : ['env'])
  const keep = (segment: Segment) => {
    own = segment
    open.add(segment)
  }
  const lab = await stand(whole, keep, wrapped).catch((error: unknown) => {
    own?.remove()
    throw error
  })
  return settled(lab, fault)
    .then(() => use(lab))
    .finally(() => own?.remove())
}

async function settled(lab: Lab, { manager }: KeptFault): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await lab.paste(`ssh node-a -- '${BOOTED[manager]}'`)).code === 0) return
    await sleep(100)
  }
  throw new Error(`${manager} does not come up: ${(await lab.paste('ssh node-a -- cat /run/boot.log')).stdout}`)
}

type Fix = NonNullable<Report['findings'][number]['fixes'][number]>

function firstFix(report: Report): Fix | undefined {
  const joined = diagnosed(atHand(report))
  return joined === null ? undefined : actionOrder(joined)[0]?.fixes[0]
}

async function seen(lab: Lab) {
  const { addresses } = await lab.scan(['10.77.0.11', '10.77.0.12'])
  return {
    answering: await lab.answering(),
    shown: await lab.shown(),
    nodes: addresses.filter(({ answeredRounds }) => answeredRounds > 0).map(({ ip }) => ip),
  }
}

async function paste(lab: Lab, line: string): Promise<void> {
  const { code, stderr } = await lab.paste(line)
  expect(code, `${line}: ${stderr}`).toBe(0)
}

async function lasts(fault: KeptFault, disk: string): Promise<void> {
  const { before, fix } = await booted(fault, disk, async (lab) => {
    const before = await seen(lab)
    const fix = firstFix(await lab.diagnose())
    const lines = fix?.steps.filter(({ kind }) => kind === 'persistent').map(({ run }) => run)
    expect(lines, fix?.summary).toEqual([expect.any(String)])
    for (const line of lines!) await paste(lab, line!)
    return { before, fix: fix! }
  })
  const cured = { answering: [fault.right], shown: '', nodes: ['10.77.0.11', '10.77.0.12'] }
  expect(before).not.toEqual(cured)
  await booted(fault, disk, async (lab) => {
    expect(await seen(lab), `after a boot: ${fix.summary}`).toEqual(cured)
    await paste(lab, fix.undo)
    expect(await seen(lab), `undone: ${fix.undo}`).toEqual(before)
  })
  await booted(fault, disk, async (lab) => {
    expect(await seen(lab), `undone, after a boot: ${fix.undo}`).toEqual(before)
  })
}

describeLab('the persistent form of the first fix, from the files of', () => {
  for (const manager of [...new Set(KEPT_FAULTS.map((fault) => fault.manager))]) {
    const disk = mkdtempSync(join(tmpdir(), 'l2doctor-disk-'))
    afterAll(() => rmSync(disk, { recursive: true }))
    const why = requireLab().ok ? whyNot(manager, disk) : 'no lab'
    if (why !== null) console.warn(`SKIPPED persistent forms of ${manager}: ${why}`)
    describe.skipIf(why !== null)(`${manager}${why === null ? '' : ` (SKIPPED: ${why})`}`, () => {
      it.concurrent.each(
        KEPT_FAULTS.filter((fault) => fault.manager === manager).map((one) => [one.name, one] as const),
      )(
        '%s',
        async (_, fault) => {
          const own = diskOf(fault)
          await lasts(fault, own).finally(() => rmSync(own, { recursive: true }))
        },
        120_000,
      )
    })
  }
})
