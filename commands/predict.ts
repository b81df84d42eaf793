import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.js'
import { clusterFlags } from '../src/cli/cluster-flags.js'
import { predictedHosts } from '../src/cli/compose-predict.js'
import { EXIT } from '../src/cli/exit-codes.js'
import { nodeFlags } from '../src/cli/node-flags.js'
import { loadPrediction, questionsOf } from '../src/cli/predict-questions.js'
import { withVipArguments } from '../src/cli/vips.js'
import { printable, printableJson } from '../src/report/printable.js'
import { WorkBudget } from '../src/work-budget.js'
import type { Predicted } from '../src/workflows/predict.js'

export default class Predict extends BaseCommand {
  static override summary = 'say which hosts would answer for a VIP and why, without a frame sent; try changes'
  static override description =
    'Follows the checks that Linux makes of an ARP request or a neighbour solicitation, on what was read of each host. --set shows what a change would do; nothing is changed. Exits 3 when no host could be read.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> 10.0.0.240 --host node-a --host node-b',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --nodes-from audit/ --asker probe',
    '<%= config.bin %> <%= command.id %> --vip 10.0.0.240 --nodes-from audit/ --set node-b:net.ipv4.conf.all.arp_ignore=1 --set node-b:address-del=10.0.0.240/32@eth0',
    '<%= config.bin %> <%= command.id %> --questions questions.jsonl --nodes-from audit/ --json',
  ]

  static override strict = false
  static override args = {
    vip: Args.string({ ignoreStdin: true, description: 'the same as --vip; several may follow' }),
  }
  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags
  static override flags = {
    vip: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'address to ask for: IP, a,b, a-b or CIDR; repeatable',
    }),
    asker: Flags.string({
      helpValue: 'IP|probe',
      description: 'who asks; default: an address of the subnet of the VIP. probe: an RFC 5227 probe',
    }),
    to: Flags.string({ helpValue: 'MAC', description: 'ask this MAC instead of all' }),
    on: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'INTERFACE',
      description: 'interface that the request reaches; default: every one that faces the wire; repeatable',
    }),
    vlan: Flags.integer({ min: 1, max: 4094, helpValue: 'ID', description: 'VLAN tag on the request' }),
    set: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'HOST:CHANGE',
      description:
        'what if: KEY=VALUE of a sysctl, address-add|del=IP/LEN@DEV, proxy-add|del=IP@DEV, route|rule|neighbour|filter-add|del=…, port-FLAG=on|off@DEV, link-up|arp=on|off@DEV, link-mac=MAC@DEV; repeatable',
    }),
    questions: Flags.string({
      helpValue: 'FILE|-',
      description: 'JSON Lines {"target", "asker" (null: a probe), "to" (MAC), "on": [interfaces]} instead of --vip',
      exclusive: ['vip', 'asker', 'to', 'on', 'vlan'],
    }),
    json: Flags.boolean({ description: 'one JSON object on stdout' }),
    quiet: Flags.boolean({ char: 'q', description: 'no progress' }),
    verbose: Flags.boolean({ char: 'v', description: 'every check that was made, not only the one that decides' }),
    host: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'HOST',
      description: 'host to read over ssh; repeatable',
      helpGroup: 'HOSTS',
    }),
    'nodes-from': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PATH',
      description: 'files or directories that audit-node --save wrote; repeatable',
      helpGroup: 'HOSTS',
    }),
    ...nodeFlags,
    ...clusterFlags,
  }

  async run(): Promise<void> {
    const { argv, flags: given } = await this.parse(Predict)
    const flags = withVipArguments(given, argv as string[], ['questions'])
    const note = (text: string) => void (flags.quiet || process.stderr.write(`${printable(text)}\n`))
    const asking = await questionsOf(flags)
    const records = await predictedHosts(flags, note)(this.interrupted)
    const budget = new WorkBudget(this.interrupted, flags.timeout * 1000)
    const loaded = await loadPrediction(records, flags.set ?? [], asking, budget)
    const { hosts, questions, predicting, predictingTexts } = loaded
    for (const { name, failure } of records) if (failure) note(`${name}: ${failure.reason}`)
    const { done, stopped } = await budget.run<Predicted<unknown>>(
      flags.json ? predicting(questions, hosts) : predictingTexts(questions, hosts, flags.verbose),
    )
    const text = flags.json
      ? printableJson({ schemaVersion: 1, predictions: done }, 0)
      : done.map((one) => printable(one as string)).join('\n\n')
    process.stdout.write(`${text}\n`)
    if (stopped !== null) process.stderr.write(`Error: ${stopped} before all was predicted\n`)
    if (stopped !== null || !hosts.some(({ host }) => host.reached)) process.exitCode = EXIT.inconclusive
  }
}
