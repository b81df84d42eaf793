import * as Args from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.js'
import { composeScan } from '../src/cli/compose.js'
import { scanContext } from '../src/cli/compose-scan-context.js'
import { inputsOf } from '../src/cli/inputs.js'
import { parseMacs } from '../src/cli/macs.js'
import { filesOf, parseOutputs, preloadReporters } from '../src/cli/outputs.js'
import { scanFlags } from '../src/cli/scan-flags.js'
import { scanPlace } from '../src/cli/scan-place.js'
import { readSuppressions } from '../src/cli/suppressions.js'
import { parseVips, withVipArguments } from '../src/cli/vips.js'

export default class Scan extends BaseCommand {
  static override summary = 'find every machine that answers for a VIP, live or from a capture'

  static override examples = [
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240-250 -i eth1 --rounds 10',
    '<%= config.bin %> <%= command.id %> --passive --duration 1m --write storm.pcap',
    '<%= config.bin %> <%= command.id %> --read capture.pcap --all-addresses',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --at ssh:node-a --at ssh:node-b',
    'tcpdump -w - arp | <%= config.bin %> <%= command.id %> --read - --json',
  ]

  static override strict = false
  static override args = {
    vip: Args.string({ ignoreStdin: true, description: 'the same as --vip; several may follow' }),
  }
  static override flags = scanFlags

  async run(): Promise<void> {
    const { argv, flags: given } = await this.parse(Scan)
    const flags = withVipArguments(given, argv as string[], ['all'])
    const outputs = parseOutputs(flags.output ?? [], flags.json)
    const suppressions = await readSuppressions(flags.ignore)
    await this.saves.plan([...filesOf(outputs), { flag: '--write', file: flags.write }], inputsOf(flags))
    const [asked, expectedMacs] = [parseVips(flags.vip ?? []), parseMacs(flags['expect-mac'] ?? [])]
    const { targets, context } = await scanContext(flags, asked, this.interrupted)
    const { vips } = targets
    const place = scanPlace(flags, { ...targets, suspects: expectedMacs }, this.interrupted)
    const note = this.notes(flags)
    const { saves } = this
    const { version } = this.config
    const { write, verbose } = flags
    const adapters = await composeScan(place, { context, write, saves, version, note, verbose, reach: flags })
    const { scan } = await import('../src/workflows/scan.js')
    preloadReporters(outputs)
    const report = await scan(
      {
        question: { vips, expectedMacs, probed: flags.read === undefined ? !flags.passive : null },
        allAddresses: flags['all-addresses'],
        suppressions,
      },
      adapters,
      this.interrupted,
    )
    await this.present(report, outputs, flags)
  }
}
