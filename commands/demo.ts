import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { UsageError } from '../src/cli/exit-codes.js'

export default class Demo extends BaseCommand {
  static override summary = 'break a VIP in a lab of network namespaces and scan it'

  static override description =
    'As root on Linux: builds a segment with real hosts, runs `scan` on it, and removes it. Otherwise: the same analysis of a bundled capture.'

  static override examples = [
    'sudo <%= config.bin %> <%= command.id %>',
    'sudo <%= config.bin %> <%= command.id %> proxy-arp',
    '<%= config.bin %> <%= command.id %> --list',
  ]

  /** Prints no report of its own: the scan that it starts does. */
  static override baseFlags = {} as typeof BaseCommand.baseFlags

  static override args = {
    scenario: Args.string({ ignoreStdin: true, description: 'what to break (see --list)', default: 'two-owners' }),
  }

  static override flags = {
    list: Flags.boolean({ description: 'name the scenarios and what each shows' }),
    write: Flags.string({ helpValue: 'FILE', description: 'keep the frames of the live lab in a capture file' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Demo)
    const { demo, findScenario, listScenarios } = await import('../src/workflows/demo.js')
    if (flags.list) return this.log(listScenarios())
    const scenario = findScenario(args.scenario)
    if (scenario === null) throw new UsageError(`no scenario "${args.scenario}"; there are:\n${listScenarios()}`)
    await this.saves.plan([{ flag: '--write', file: flags.write }])
    const note = (text: string) => process.stderr.write(`${text}\n`)
    const request = { scenario, write: flags.write ?? null, root: this.config.root, note }
    process.exitCode = await demo(request, this.interrupted)
  }
}
