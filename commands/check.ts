import { BaseCommand } from '../src/cli/base-command.js'
import { checkFlags, layOver } from '../src/cli/check-flags.js'
import { composeCheck } from '../src/cli/compose-check.js'
import { parseDuration } from '../src/cli/durations.js'
import { inputsOf } from '../src/cli/inputs.js'
import { filesOf, parseOutputs } from '../src/cli/outputs.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import type { Report } from '../src/report/report.js'

export default class Check extends BaseCommand {
  static override summary = 'check VIPs against a file of expectations: the smoke test of a cluster'

  static override description = [
    'Runs what diagnose runs and judges it: exit 0 when every expectation holds, 1 when one fails, 2 when the file is wrong, 3 when one could not be judged. Flags win over the environment, the environment over the file:',
    `  file        flag          environment
  interface   --interface   L2DOCTOR_INTERFACE
  failOn      --fail-on     L2DOCTOR_FAIL_ON
  cluster     --[no-]kube   L2DOCTOR_KUBE
  baseline    --baseline    L2DOCTOR_BASELINE
  -           --file        L2DOCTOR_FILE
  -           --wait        L2DOCTOR_WAIT
  -           --output      L2DOCTOR_OUTPUT (a comma list)`,
  ].join('\n\n')

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -f l2doctor.yaml --wait 2m --output pretty --output junit=l2doctor.xml',
  ]

  static override flags = checkFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Check)
    const outputs = parseOutputs(flags.output ?? [], flags.json)
    const suppressions = await readSuppressions(flags.ignore)
    const waitMs = flags.wait === undefined ? null : parseDuration('wait', flags.wait)
    const { readCheckFile } = await import('../src/cli/read-check-file.js')
    const file = layOver(await readCheckFile(flags.file), flags)
    await this.saves.plan(
      [...filesOf(outputs), { flag: 'the baseline', file: file.baseline ?? undefined }],
      [...inputsOf(flags), { flag: '--file', file: flags.file }],
    )
    const note = this.notes(flags)
    const present = (report: Report) => this.present(report, outputs, { ...flags, 'fail-on': file.failOn })
    const adapters = { ...(await composeCheck(file, flags, this.config.version, note, this.saves)), present }
    const { check } = await import('../src/workflows/check.js')
    await check({ file, suppressions, waitMs }, adapters, this.interrupted)
  }
}
