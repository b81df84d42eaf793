import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { clusterFlags } from '../src/cli/cluster-flags.js'
import { composeAuditNode } from '../src/cli/compose-node.js'
import { inputsOf } from '../src/cli/inputs.js'
import { nodeFlags, snapshotFlags } from '../src/cli/node-flags.js'
import { filesOf, parseOutputs } from '../src/cli/outputs.js'
import { scanFlags } from '../src/cli/scan-flags.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import { parseVips } from '../src/cli/vips.js'

const { 'vantage-image': vantageImage } = scanFlags

export default class AuditNode extends BaseCommand {
  static override summary = 'find why a host would answer for a VIP, or would not, over SSH'

  static override examples = [
    '<%= config.bin %> <%= command.id %> node-a node-b --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --all-nodes --user admin --become --save audit/',
    '<%= config.bin %> <%= command.id %> --from audit/ --matrix',
    '<%= config.bin %> <%= command.id %> --local',
    '<%= config.bin %> <%= command.id %> pod:node-a --vantage-image registry.example/l2doctor:0.1.0',
  ]

  static override strict = false

  static override usage = '<%= command.id %> HOST... [flags]'

  static override flags = {
    ...nodeFlags,
    ...snapshotFlags,
    ...clusterFlags,
    'vantage-image': {
      ...vantageImage,
      helpGroup: 'HOSTS',
      description: 'what the pod of pod:NODE runs; there is no default',
    },
    vip: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'address to check: IP, a,b, a-b or CIDR; repeatable',
    }),
    matrix: Flags.boolean({ description: 'hosts side by side, only values that differ (--output matrix)' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(AuditNode)
    const outputs = flags.matrix ? [...(flags.output ?? []), 'matrix'] : (flags.output ?? [])
    const targets = parseOutputs(outputs, flags.json)
    const suppressions = await readSuppressions(flags.ignore)
    await this.saves.plan([...filesOf(targets), { flag: '--save', file: flags.save, folder: true }], inputsOf(flags))
    const vips = parseVips(flags.vip ?? [])
    const note = this.notes(flags)
    const adapters = await composeAuditNode(argv as string[], flags, note, this.config.version, this.saves)
    const { auditNode } = await import('../src/workflows/audit-node.js')
    const report = await auditNode(
      {
        question: { vips, expectedMacs: [], own: { macs: [], ips: [] }, probed: false },
        suppressions,
      },
      adapters,
      this.interrupted,
    )
    await this.present(report, targets, flags)
  }
}
