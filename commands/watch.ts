import { BaseCommand } from '../src/cli/base-command.js'
import { eventWriter, refuseEventsWithoutApi } from '../src/cli/compose-events.js'
import { electorOf } from '../src/cli/compose-lease.js'
import { composeMetrics } from '../src/cli/compose-metrics.js'
import {
  composeWatch,
  readWatched,
  type Telling,
  type WatchFlagValues,
  watchAdapters,
  watchHistory,
} from '../src/cli/compose-watch.js'
import { followCluster, readsCluster } from '../src/cli/compose-watch-cluster.js'
import { UsageError } from '../src/cli/exit-codes.js'
import { hearHangup } from '../src/cli/hear-signals.js'
import { keepHeapSmall } from '../src/cli/small-heap.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import { watchFlags } from '../src/cli/watch-flags.js'
import { logger } from '../src/cli/watch-log.js'
import { CannotLook } from '../src/known.js'

/** What can be said before a cluster is read, or an interface opened. */
interface Begin {
  readonly suppressions: Awaited<ReturnType<typeof readSuppressions>>
  readonly base: Awaited<ReturnType<typeof readWatched>>
  readonly request: Awaited<ReturnType<typeof composeWatch>>
}

export default class Watch extends BaseCommand {
  static override summary = 'watch VIPs all the time, and say once what changes'

  static override description =
    'Asks for each address in turn, listens to all others, and judges each window as diagnose does. Only what changes is printed; /metrics is for Prometheus. Ends with SIGTERM or Ctrl-C (exit 0, whatever it found); SIGHUP reads the check file again.'

  static override examples = [
    'sudo <%= config.bin %> <%= command.id %> --vip 10.0.0.240-250',
    'sudo <%= config.bin %> <%= command.id %> --check l2doctor.yaml --log json',
    'sudo <%= config.bin %> <%= command.id %> --vip 10.0.0.240 -i eth1 --probe never',
  ]

  /** Prints no report of its own. */
  static override baseFlags = {} as typeof BaseCommand.baseFlags

  static override flags = watchFlags

  protected override readonly hearsSignalsSoon = true

  private reload: () => void = () => {}

  protected override async init(): Promise<void> {
    hearHangup(() => this.reload())
    await super.init()
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Watch)
    const suppressions = await readSuppressions(flags.ignore)
    const base = await readWatched(flags, suppressions)
    refuseEventsWithoutApi(flags, base.vips.length > 0)
    const request = await composeWatch(flags, base)
    const exporting = await composeMetrics(flags.listen, this.config.version)
    const say = logger(flags.log)
    const tell: Telling['tell'] = (change) => say({ at: new Date().toISOString(), interface: null, change })
    const history = await watchHistory(flags.history, this.config.version, exporting, tell).catch(async (error) => {
      await exporting.close()
      throw error
    })
    const telling = { say, tell, exporting, history, note: this.notes(flags), version: this.config.version }
    await this.watch(flags, { suppressions, base, request }, telling)
      .catch((error) => {
        // who asked it to end does not want to hear that it cannot begin
        if (!(this.interrupted.aborted && error instanceof CannotLook)) throw error
      })
      .finally(() => Promise.all([exporting.close(), history?.close()]))
  }

  private async watch(
    flags: WatchFlagValues,
    { suppressions, request, ...first }: Begin,
    telling: Telling,
  ): Promise<void> {
    let { base } = first
    const cluster = readsCluster(flags, base.vips.length > 0)
      ? await followCluster(flags, telling, this.interrupted)
      : null
    const events = await eventWriter(flags, cluster, telling.tell, this.interrupted)
    const elect = electorOf(flags, telling.note)
    const adapters = await watchAdapters(telling, { cluster, events, elect }, () => base)
    this.reload = () => {
      readWatched(flags, suppressions).then(
        (again) => {
          base = again
          telling.tell({ event: 'reloaded', vips: adapters.watched().vips.length })
        },
        (error: unknown) => {
          if (!(error instanceof UsageError)) throw error
          telling.tell({ event: 'reload-failed', reason: error.message })
        },
      )
    }
    if (telling.exporting.place !== null) telling.note(telling.exporting.place)
    const { watch } = await import('../src/workflows/watch/watch.js')
    const observed = keepHeapSmall(adapters.observed)
    await watch(request, { ...adapters, observed }, this.interrupted)
  }
}
