import { BaseCommand } from '../src/cli/base-command.js'
import { composeScan } from '../src/cli/compose.js'
import { scanContext } from '../src/cli/compose-scan-context.js'
import { parseMacs } from '../src/cli/macs.js'
import { parseOutputs, preloadReporters } from '../src/cli/outputs.js'
import { scanFlags } from '../src/cli/scan-flags.js'
import { scanPlace } from '../src/cli/scan-place.js'
import { parseVips } from '../src/cli/vips.js'

export default class Scan extends BaseCommand {
  static override summary = 'find every machine that answers for a VIP, live or from a capture'

  static override examples = [
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240-250 -i eth1 --rounds 10',
    '<%= config.bin %> <%= command.id %> --passive --duration 1m --write storm.pcap',
    '<%= config.bin %> <%= command.id %> --read capture.pcap --all-addresses',
    'tcpdump -w - arp | <%= config.bin %> <%= command.id %> --read - --json',
  ]

  static override flags = scanFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Scan)
    const outputs = parseOutputs(flags.output ?? [], flags.json)
    const [asked, expectedMacs] = [parseVips(flags.vip ?? []), parseMacs(flags['expect-mac'] ?? [])]
    const { targets, context } = await scanContext(flags, asked, this.interrupted)
    const { vips } = targets
    const place = scanPlace(flags, { ...targets, suspects: expectedMacs }, this.interrupted)
    const note = (text: string) => this.note(text, flags)
    const { version } = this.config
    const adapters = await composeScan(place, { context, write: flags.write, version, note, verbose: flags.verbose })
    const { scan } = await import('../src/workflows/scan.js')
    preloadReporters(outputs)
    const { parseSuppression } = await import('../src/report/suppress.js')
    const report = await scan(
      {
        question: { vips, expectedMacs, probed: flags.read === undefined ? !flags.passive : null },
        allAddresses: flags['all-addresses'],
        suppressions: (flags.ignore ?? []).map(parseSuppression),
      },
      adapters,
      this.interrupted,
    )
    await this.present(report, outputs, flags)
  }
}
