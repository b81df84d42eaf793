import { statSync } from 'node:fs'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { DEFAULT_FILE } from '../src/cli/check-flags.js'
import { clusterFlags } from '../src/cli/cluster-flags.js'
import { clusterReader } from '../src/cli/compose-cluster.js'
import { UsageError } from '../src/cli/exit-codes.js'
import { inputsOf } from '../src/cli/inputs.js'
import { parseVips } from '../src/cli/vips.js'

export default class Init extends BaseCommand {
  static override summary = 'write a commented file of expectations for check, from the cluster or for given VIPs'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --vip 10.0.0.241',
  ]

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = {
    file: Flags.string({ char: 'f', default: DEFAULT_FILE, helpValue: 'FILE', description: 'the file to write' }),
    force: Flags.boolean({ description: 'overwrite it' }),
    vip: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'these VIPs, without asking a cluster: IP, a,b, a-b or CIDR; repeatable',
    }),
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Init)
    if (!flags.force && statSync(flags.file, { throwIfNoEntry: false })?.isFile()) {
      throw new UsageError(`${flags.file} is there already; overwrite it with --force, or name another with --file`)
    }
    await this.saves.plan([{ flag: '--file', file: flags.file }], inputsOf(flags))
    const { initFromCluster, initFromVips } = await import('../src/workflows/init.js')
    const text =
      flags.vip === undefined
        ? await initFromCluster(clusterReader(flags), this.interrupted)
        : initFromVips(parseVips(flags.vip))
    const written = await this.saves.whole(flags.file, text, 'all')
    if (written) process.stderr.write(`Wrote ${flags.file}; next: ${this.config.bin} check -f ${flags.file}\n`)
  }
}
