import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as Args from '@oclif/core/args'
import { BaseCommand, renderOptions } from '../src/cli/base-command.js'
import { UsageError } from '../src/cli/exit-codes.js'

export default class Explain extends BaseCommand {
  static override summary = 'explain a rule: what it means, how to confirm it, when it is wrong, how to fix it'

  static override examples = ['<%= config.bin %> <%= command.id %> wire/duplicate-responders']

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override args = {
    rule: Args.string({ ignoreStdin: true, required: true, description: 'id of the rule, as in a finding' }),
  }

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
    const { formerRule } = await import('../src/rules/former.js')
    const former = formerRule(args.rule)
    if (former) process.stdout.write(`${former.id} is now ${former.successors.join(', ')}. ${former.note}\n\n`)
    // the page holds what the rule alone cannot show: an example with its fixes
    process.stdout.write(await drawn(await readFile(join(this.config.root, 'docs', 'rules', `${rule.id}.md`), 'utf8')))
  }
}

/** For a person at a terminal; in a pipe it stays the page that it is. */
async function drawn(markdown: string): Promise<string> {
  if (process.stdout.isTTY !== true) return markdown
  const { page } = await import('../src/report/reporters/pretty/page.js')
  return page(markdown, renderOptions({ 'no-color': false, quiet: false, verbose: false }))
}
