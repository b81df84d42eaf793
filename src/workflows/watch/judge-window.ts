import { suppressionsOn } from '../../check/allowances.js'
import type { CheckFile } from '../../check/model.js'
import { attribute } from '../../facts/attribution.js'
import type { Names } from '../../report/addresses.js'
import type { Report } from '../../report/report.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { WorkBudget } from '../../work-budget.js'
import { dayOf, heldAgainst } from '../check.js'
import { judgeGathered } from '../diagnose.js'
import type { SeenWindow, Watched } from './model.js'

export interface JudgeWindow {
  readonly names: Names
  readonly version: string
  readonly now: () => Date
}

/** A window as `diagnose` judges what it gathered, and as `check` holds it against a file: a watch reads no hosts. */
export async function judgeWindow(
  { seen, vips, asked, startedAt }: SeenWindow,
  { context, file, suppressions }: Watched,
  { names, version, now }: JudgeWindow,
  interrupted: AbortSignal,
): Promise<Report> {
  const day = dayOf(now())
  const accepted = [...(file ? suppressionsOn(day, file.allow) : []), ...suppressions]
  const report = await judgeGathered(
    {
      question: { vips, expectedMacs: [], probed: asked !== 'none' },
      allAddresses: false,
      suppressions: accepted,
      hosts: [],
      allNodes: false,
    },
    { names, context, now, version, readHosts: null, baseline: null, saveBundle: null },
    {
      gathered: {
        seen,
        kept: new Map(),
        records: [],
        hosts: [],
        attribution: attribute([...context.owners, ...seen.owners]),
        agents: [],
        gaps: [],
      },
      startedAt,
      interrupted,
      budget: new WorkBudget(interrupted),
    },
  )
  return file ? heldAgainst(about(vips, file), { report, view: context.view }, suppressions, day) : report
}

/** Of an address that came since the window began, or is watched at another interface, the window says nothing. */
function about(vips: readonly Ip[], file: CheckFile): CheckFile {
  const seen = new Set(vips.map(formatIp))
  return { ...file, vips: file.vips.filter(({ ip }) => ip !== null && seen.has(ip)) }
}
