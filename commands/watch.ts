import { BaseCommand } from '../src/cli/base-command.js'
import { composeMetrics } from '../src/cli/compose-metrics.js'
import { composeWatch, readWatched, watchAdapters } from '../src/cli/compose-watch.js'
import { UsageError } from '../src/cli/exit-codes.js'
import { hearHangup } from '../src/cli/hear-signals.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import { watchFlags } from '../src/cli/watch-flags.js'

export default class Watch extends BaseCommand {
  static override summary = 'watch VIPs all the time, and say once what changes'

  static override description =
    `Asks for each address in turn, listens to all others, and judges each window as diagnose does. Only what changes is
printed; /metrics is for Prometheus. Ends with SIGTERM or Ctrl-C (exit 0, whatever it found); SIGHUP reads the check file again.`

  static override examples = [
    'sudo <%= config.bin %> <%= command.id %> --vip 10.0.0.240-250',
    'sudo <%= config.bin %> <%= command.id %> --check l2doctor.yaml --log json',
    'sudo <%= config.bin %> <%= command.id %> --vip 10.0.0.240 -i eth1 --probe never',
  ]

  /** Prints no report of its own. */
  static override baseFlags = {} as typeof BaseCommand.baseFlags

  static override flags = watchFlags

  private reload: () => void = () => {}

  protected override async init(): Promise<void> {
    hearHangup(() => this.reload())
    await super.init()
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Watch)
    const suppressions = await readSuppressions(flags.ignore)
    const composed = await composeWatch(flags, suppressions)
    let { watched } = composed
    const note = this.notes(flags)
    const { version } = this.config
    const exporting = await composeMetrics(flags.listen, version, note)
    const adapters = await watchAdapters({ log: flags.log, exporting, note, version }, () => watched)
    const tell = (change: Parameters<typeof adapters.say>[0]['change']) =>
      adapters.say({ at: adapters.now().toISOString(), interface: null, change })
    this.reload = () => {
      readWatched(flags, suppressions).then(
        (again) => {
          watched = again
          tell({ event: 'reloaded', vips: again.vips.length })
        },
        (error: unknown) => {
          if (!(error instanceof UsageError)) throw error
          tell({ event: 'reload-failed', reason: error.message })
        },
      )
    }
    const { watch } = await import('../src/workflows/watch/watch.js')
    await watch(composed.request, adapters, this.interrupted).finally(exporting.close)
  }
}
