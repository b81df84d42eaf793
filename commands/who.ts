import { isIP } from 'node:net'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { clusterFlags } from '../src/cli/cluster-flags.js'
import { clusterReader } from '../src/cli/compose-cluster.js'
import { EXIT, UsageError } from '../src/cli/exit-codes.js'
import { printable, printableJson } from '../src/report/printable.js'

export default class Who extends BaseCommand {
  static override summary = 'name the node that should answer for a VIP, or for every VIP, and by which evidence'
  static override description =
    'One line a VIP: address, Service, node, evidence. Exits 3 when for one of them no node can be named.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 10.0.0.240 --context prod',
  ]

  static override strict = false
  static override args = {
    vip: Args.string({ ignoreStdin: true, description: 'address in question; several may follow' }),
  }
  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = { ...clusterFlags, json: Flags.boolean({ description: 'one JSON object on stdout' }) }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Who)
    for (const address of argv as string[])
      if (isIP(address) === 0) throw new UsageError(`${address} is not an IP address`)
    const { who, whoLine } = await import('../src/workflows/who.js')
    const answers = await who(argv as string[], clusterReader(flags), this.interrupted)
    const text = flags.json
      ? printableJson({ schemaVersion: 1, answers })
      : answers.map((answer) => printable(whoLine(answer))).join('\n')
    process.stdout.write(text === '' ? '' : `${text}\n`)
    if (answers.some(({ nodes }) => nodes.length === 0)) process.exitCode = EXIT.inconclusive
  }
}
