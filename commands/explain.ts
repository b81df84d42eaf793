import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as Args from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.js'
import { UsageError } from '../src/cli/exit-codes.js'

export default class Explain extends BaseCommand {
  static override summary = 'explain a rule: what it means, how to confirm it, when it is wrong, how to fix it'

  static override examples = ['<%= config.bin %> <%= command.id %> wire/duplicate-responders']

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override args = { rule: Args.string({ required: true, description: 'id of the rule, as in a finding' }) }

  async run(): Promise<void> {
    const { args } = await this.parse(Explain)
    const { allRules } = await import('../src/rules/registry.js')
    const { findRule } = await import('../src/rules/find-rule.js')
    const rule = findRule(allRules, args.rule)
    if ('suggestions' in rule) {
      throw new UsageError(
        `no rule "${args.rule}"; did you mean ${rule.suggestions.join(', ')}? See \`${this.config.bin} rules\`.`,
      )
    }
    // the page holds what the rule alone cannot show: an example with its fixes
    process.stdout.write(await readFile(join(this.config.root, 'docs', 'rules', `${rule.id}.md`), 'utf8'))
  }
}
