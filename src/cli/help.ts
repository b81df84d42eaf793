import type { Command } from '@oclif/core/command'
import { CommandHelp, Help } from '@oclif/core/help'
import { COMMANDS } from './command-names.js'

/** Commands that are not ours (of oclif's plugins) come last. */
const ORDER: readonly string[] = COMMANDS

const rank = ({ id }: Command.Loadable) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length)

/** oclif's help with the examples first, and usage lines that leave the flags to the list below them. */
class ExamplesFirst extends CommandHelp {
  protected override sections() {
    const all = super.sections()
    const isExamples = ({ header }: { header: string }) => header === 'EXAMPLES'
    return [...all.filter(isExamples), ...all.filter((section) => !isExamples(section))]
  }

  protected override defaultUsage(): string {
    const args = Object.values(this.command.args ?? {}).map((arg) => `${this.arg(arg)} `)
    return `${this.command.id} ${args.join('')}[flags]`
  }
}

/** Named by `oclif.helpClass` in package.json. */
export default class extends Help {
  protected override CommandHelpClass = ExamplesFirst

  protected override get sortedCommands(): Command.Loadable[] {
    return super.sortedCommands.toSorted((a, b) => rank(a) - rank(b))
  }
}
