import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { UsageError } from '../src/cli/exit-codes.js'

export default class Rules extends BaseCommand {
  static override summary = 'list the rules: id, severity, what each finds'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> metallb',
    '<%= config.bin %> <%= command.id %> "no answer" --output json',
  ]

  static override args = {
    filter: Args.string({ ignoreStdin: true, description: 'an area, as wire or metallb, or words of id or title' }),
  }

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = {
    output: Flags.option({ char: 'o', options: ['pretty', 'json'] as const, description: 'how to print them' })(),
    json: Flags.boolean({ description: 'the same as --output json' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rules)
    const { allRules } = await import('../src/rules/registry.js')
    const { FORMER_RULES } = await import('../src/rules/former.js')
    const { matchingRules, rulesJson, rulesTable } = await import('../src/report/rule-list.js')
    const listed = matchingRules(allRules, FORMER_RULES, args.filter ?? '')
    if (listed.rules.length + listed.former.length === 0) {
      throw new UsageError(`no rule has "${args.filter}" in its id or title; \`${this.config.bin} rules\` lists all`)
    }
    const json = flags.json || flags.output === 'json'
    process.stdout.write(json ? rulesJson(listed) : rulesTable(listed))
  }
}
