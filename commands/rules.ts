import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'

export default class Rules extends BaseCommand {
  static override summary = 'list the rules: id, severity, what each finds'

  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = { json: Flags.boolean({ description: 'one JSON object on stdout' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Rules)
    const { allRules } = await import('../src/rules/registry.js')
    const { rulesJson, rulesTable } = await import('../src/report/rule-list.js')
    process.stdout.write(flags.json ? rulesJson(allRules) : rulesTable(allRules))
  }
}
