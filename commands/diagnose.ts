import { BaseCommand } from '../src/cli/base-command.js'
import { composeBundle, composeDiagnose } from '../src/cli/compose-diagnose.js'
import { diagnoseFlags } from '../src/cli/diagnose-flags.js'
import { parseOutputs, writeWhole } from '../src/cli/outputs.js'

export default class Diagnose extends BaseCommand {
  static override summary =
    'find out why a VIP is flaky or dead: wire, cluster and hosts joined, symptom to cause to fix'

  static override examples = [
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --service ingress-nginx/controller --user admin --become',
    '<%= config.bin %> <%= command.id %> --all --no-hosts',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --save case.bundle --fix-script plan.sh',
    '<%= config.bin %> <%= command.id %> --from case.bundle --save shared.bundle --redact',
  ]

  static override flags = diagnoseFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Diagnose)
    const outputs = parseOutputs(flags.output ?? [], flags.json)
    const note = (text: string) => this.note(text, flags)
    const { version } = this.config
    const { request, adapters } =
      flags.from === undefined
        ? await composeDiagnose(flags, version, note, this.interrupted)
        : await composeBundle(flags.from, version, flags)
    const { diagnose } = await import('../src/workflows/diagnose.js')
    const { parseSuppression } = await import('../src/report/suppress.js')
    const suppressions = (flags.ignore ?? []).map(parseSuppression)
    const report = await diagnose({ ...request, suppressions }, adapters, this.interrupted)
    if (flags['fix-script'] !== undefined) {
      const { fixScript } = await import('../src/report/fix-script.js')
      await writeWhole(flags['fix-script'], fixScript(report))
    }
    await this.present(report, outputs, flags)
  }
}
