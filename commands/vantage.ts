import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { clusterFlags } from '../src/cli/cluster-flags.js'
import { connectTo } from '../src/cli/compose-cluster.js'
import { EXIT, UsageError } from '../src/cli/exit-codes.js'
import { printable, printableJson } from '../src/report/printable.js'

const { 'cluster-from': _files, ...apiFlags } = clusterFlags

export default class Vantage extends BaseCommand {
  static override summary = 'list the pods that runs with --at pod:NODE left in the cluster, or remove them'
  static override description =
    'A run removes its own pods, and those that earlier runs left in the same namespace. One that was killed cannot: its container ends by its deadline, and the object stays until this command, or the next run, removes it. Pods are found by their labels. Exits 3 when one could not be removed.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --cleanup',
    '<%= config.bin %> <%= command.id %> --cleanup --running --namespace l2doctor',
  ]

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = {
    cleanup: Flags.boolean({ description: 'remove those whose container has ended' }),
    running: Flags.boolean({
      description: 'with --cleanup: also those that run, which another run may be waiting for',
    }),
    namespace: Flags.string({ helpValue: 'NAME', description: 'only in this namespace; default: in all' }),
    json: Flags.boolean({ description: 'one JSON object on stdout' }),
    ...apiFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Vantage)
    if (flags.running && !flags.cleanup) throw new UsageError('--running goes with --cleanup')
    const { cleanUp, podLine } = await import('../src/workflows/vantage/clean-up.js')
    const api = await connectTo(flags)
    const namespace = flags.namespace ?? null
    const pods = await cleanUp(api, { ...flags, namespace }, this.interrupted).finally(() => api.close())
    const text = flags.json ? printableJson({ schemaVersion: 1, pods }) : pods.map(podLine).map(printable).join('\n')
    process.stdout.write(text === '' ? '' : `${text}\n`)
    if (pods.some(({ done }) => done === 'not removed')) process.exitCode = EXIT.inconclusive
  }
}
