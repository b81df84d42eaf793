import * as Args from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.js'
import { redactedHistory } from '../src/cli/history-file.js'
import { writeStdout } from '../src/cli/outputs.js'

export default class Redact extends BaseCommand {
  static override summary = 'print a history of watch under pseudonyms, to hand it on'

  static override description =
    'Names, addresses and MACs become pseudonyms, as in a bundle of diagnose --redact; sentences are left out. HISTORY.1 is read before HISTORY. A bundle is redacted by diagnose --from BUNDLE --save OUT --redact.'

  static override examples = ['<%= config.bin %> <%= command.id %> watch.jsonl > shared.jsonl']

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override args = {
    history: Args.string({ ignoreStdin: true, required: true, description: 'file of watch --history' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Redact)
    await writeStdout(await redactedHistory(args.history, this.interrupted, this.notes({ quiet: false })))
  }
}
