import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { attributionFlags, clusterFlags } from '../src/cli/cluster-flags.js'
import { composeAuditCluster } from '../src/cli/compose-cluster.js'
import { inputsOf } from '../src/cli/inputs.js'
import { filesOf, parseOutputs } from '../src/cli/outputs.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import type { Report } from '../src/report/report.js'

export default class AuditCluster extends BaseCommand {
  static override summary = 'find what the Kubernetes objects say about every VIP, and what is wrong with them'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --context prod --baseline vips.json',
    'kubectl get nodes,svc,endpointslices,ds,leases -A -o yaml | <%= config.bin %> <%= command.id %> --cluster-from -',
  ]

  static override flags = {
    ...clusterFlags,
    ...attributionFlags,
    save: Flags.string({
      helpValue: 'FILE',
      description: 'keep what was read, for --cluster-from',
      helpGroup: 'CLUSTER',
    }),
    redact: Flags.boolean({
      exclusive: ['baseline', 'mac', 'mac-map', 'nodes-from'],
      description: 'replace names and addresses by pseudonyms, in the report and in --save',
      helpGroup: 'CLUSTER',
    }),
    baseline: Flags.string({
      helpValue: 'FILE',
      description: 'compare VIPs and announcers with those of the last run, then keep the new ones',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuditCluster)
    const targets = parseOutputs(flags.output ?? [], flags.json)
    const suppressions = await readSuppressions(flags.ignore)
    const { save, baseline } = flags
    await this.saves.plan(
      [...filesOf(targets), { flag: '--save', file: save }, { flag: '--baseline', file: baseline }],
      inputsOf(flags),
    )
    const present = (report: Report) => this.present(report, targets, flags)
    const adapters = { ...(await composeAuditCluster(flags, this.config.version, this.saves)), present }
    const { auditCluster } = await import('../src/workflows/audit-cluster.js')
    await auditCluster(
      {
        question: { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: false },
        suppressions,
      },
      adapters,
      this.interrupted,
    )
  }
}
