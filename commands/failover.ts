import * as Args from '@oclif/core/args'
import { BaseCommand, renderOptions } from '../src/cli/base-command.js'
import { composeFailover } from '../src/cli/compose-failover.js'
import { parseDuration } from '../src/cli/durations.js'
import { failoverCode } from '../src/cli/exit-codes.js'
import { failoverFlags } from '../src/cli/failover-flags.js'
import { liveLine } from '../src/cli/live-line.js'
import { writeStdout } from '../src/cli/outputs.js'
import { parseVips, withVipArguments } from '../src/cli/vips.js'

export default class Failover extends BaseCommand {
  static override summary =
    'time a failover that you make happen: how long nobody answered, who announced it, who overlapped'
  static override description =
    'Asks for the VIP all the time and waits until another machine has it. Exits 3 when that did not happen, 1 when nobody answered for longer than --fail-above.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --times 5 --announcer metallb',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240,2001:db8::240 --fail-above 3s --json',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --read capture.pcap',
  ]

  static override strict = false
  static override args = {
    vip: Args.string({ ignoreStdin: true, description: 'the same as --vip; several may follow' }),
  }
  // its report is one of its own
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = failoverFlags

  async run(): Promise<void> {
    const { argv, flags: given } = await this.parse(Failover)
    const flags = withVipArguments(given, argv as string[], [])
    const limit = flags['fail-above']
    const failAboveMs = limit === undefined ? null : parseDuration('fail-above', limit)
    const vips = parseVips(flags.vip ?? [])
    const note = this.notes(flags)
    const adapters = await composeFailover(flags, vips, this.config.version, note, this.interrupted)
    const { failover } = await import('../src/workflows/failover.js')
    const report = await failover({ vips, times: flags.times, failAboveMs }, adapters, this.interrupted)
    liveLine.clear()
    const { failoverJson, failoverText } = await import('../src/report/reporters/failover.js')
    const text = flags.json ? failoverJson(report) : failoverText(report, renderOptions({ ...flags, verbose: false }))
    await writeStdout(text)
    process.exitCode = failoverCode(report.verdict)
  }
}
