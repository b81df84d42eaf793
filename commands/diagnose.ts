import * as Args from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.js'
import { composeBundle, composeDiagnose } from '../src/cli/compose-diagnose.js'
import { diagnoseFlags } from '../src/cli/diagnose-flags.js'
import { UsageError } from '../src/cli/exit-codes.js'
import { inputsOf } from '../src/cli/inputs.js'
import { filesOf, parseOutputs } from '../src/cli/outputs.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import { withVipArguments } from '../src/cli/vips.js'

export default class Diagnose extends BaseCommand {
  static override summary =
    'find out why a VIP is flaky or dead: wire, cluster and hosts joined, symptom to cause to fix'

  static override examples = [
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --service ingress-nginx/controller --user admin --become',
    '<%= config.bin %> <%= command.id %> --all --no-hosts',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --save case.bundle --fix-script plan.sh',
    '<%= config.bin %> <%= command.id %> --from case.bundle --save shared.bundle --redact',
    '<%= config.bin %> <%= command.id %> --from case.bundle --output html=ticket.html --redact',
  ]

  static override strict = false
  static override args = {
    vip: Args.string({ ignoreStdin: true, description: 'the same as --vip; several may follow' }),
  }
  static override flags = diagnoseFlags

  async run(): Promise<void> {
    const { argv, flags: given } = await this.parse(Diagnose)
    const flags = withVipArguments(given, argv as string[], ['all', 'from'])
    const outputs = parseOutputs(flags.output ?? [], flags.json)
    const suppressions = await readSuppressions(flags.ignore)
    const { save, baseline, 'fix-script': plan } = flags
    if (flags.redact && save === undefined && outputs.every(({ file }) => file === null))
      throw new UsageError('--redact is for files to hand on: name one with --save BUNDLE or --output html=FILE')
    await this.saves.plan(
      [...filesOf(outputs), { flag: '--save', file: save }, { flag: '--fix-script', file: plan }],
      [...inputsOf(flags), ...(baseline === undefined ? [] : [{ flag: '--baseline', file: baseline }])],
    )
    const note = this.notes(flags)
    const { version } = this.config
    const { request, adapters, inFiles } =
      flags.from === undefined
        ? await composeDiagnose(flags, version, note, this.saves, this.interrupted)
        : await composeBundle(flags.from, version, flags, this.saves)
    const { diagnose } = await import('../src/workflows/diagnose.js')
    const report = await diagnose({ ...request, suppressions }, adapters, this.interrupted)
    if (plan !== undefined) {
      const { fixScript } = await import('../src/report/fix-script.js')
      await this.saves.whole(plan, fixScript(report), 'all')
    }
    const isFiled = outputs.some(({ file }) => file !== null)
    await this.present(report, outputs, flags, isFiled ? await inFiles(report, suppressions) : undefined)
  }
}
