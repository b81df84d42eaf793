import { Flags } from '@oclif/core'
import { BaseCommand } from '../src/cli/base-command.js'
import { composeFileScan } from '../src/cli/compose.js'
import { UsageError } from '../src/cli/exit-codes.js'
import { parseMacs } from '../src/cli/macs.js'
import { parseOutputs } from '../src/cli/outputs.js'
import { parseVips } from '../src/cli/vips.js'

export default class Scan extends BaseCommand {
  static override summary = 'find every machine that answers for a VIP, live or from a capture'

  static override examples = [
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240',
    '<%= config.bin %> <%= command.id %> --read capture.pcap --all-addresses',
    'tcpdump -w - arp | <%= config.bin %> <%= command.id %> --read - --json',
  ]

  static override flags = {
    vip: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'address in doubt: IP, a,b, a-b or CIDR; repeatable',
    }),
    read: Flags.string({
      helpValue: 'FILE|-',
      description: 'judge a capture instead of the wire; needs no privileges',
    }),
    'all-addresses': Flags.boolean({ description: 'list every address seen, not only VIPs and contested ones' }),
    'expect-mac': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'MAC that should answer; repeatable',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Scan)
    const targets = parseOutputs(flags.output ?? [], flags.json)
    const vips = parseVips(flags.vip ?? [])
    if (flags.read === undefined) throw new UsageError('name a capture with --read')
    const adapters = await composeFileScan(flags.read, this.config.version)
    const { scan } = await import('../src/workflows/scan.js')
    const { parseSuppression } = await import('../src/report/suppress.js')
    const report = await scan(
      {
        question: {
          vips,
          expectedMacs: parseMacs(flags['expect-mac'] ?? []),
          own: { macs: [], ips: [] },
          probed: true,
        },
        allAddresses: flags['all-addresses'],
        suppressions: (flags.ignore ?? []).map(parseSuppression),
      },
      adapters,
      this.interrupted,
    )
    await this.present(report, targets, flags)
  }
}
