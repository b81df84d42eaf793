import type { HostRecord } from '../node/host.js'
import { formatIp, type Ip, isIpv4, parseIp } from '../wire/ip.js'
import { parseMac } from '../wire/mac.js'
import type { WorkBudget } from '../work-budget.js'
import type { AskedQuestion } from '../workflows/predict-questions.js'
import { UsageError } from './exit-codes.js'
import { readFlagFile } from './read-text.js'
import { parseVips } from './vips.js'

export interface QuestionFlagValues {
  readonly vip?: readonly string[] | undefined
  readonly asker?: string | undefined
  readonly to?: string | undefined
  readonly on?: readonly string[] | undefined
  readonly vlan?: number | undefined
  readonly questions?: string | undefined
}

/** Questions that are whole, or the VIPs whose asker depends on the hosts. */
export type Asking =
  | { readonly whole: readonly AskedQuestion[] }
  | { readonly vips: readonly Ip[]; readonly flags: QuestionFlagValues }

/** Checked before a host is read. */
export async function questionsOf(flags: QuestionFlagValues): Promise<Asking> {
  if (flags.questions !== undefined) return { whole: await questionsIn(flags.questions) }
  const vips = parseVips(flags.vip ?? [])
  if (vips.length === 0) throw new UsageError('no address asked for; give --vip or --questions')
  if (flags.to !== undefined && parseMac(flags.to) === null) throw new UsageError(`--to ${flags.to}: not a MAC`)
  if (flags.asker !== undefined && flags.asker !== 'probe' && parseIp(flags.asker) === null) {
    throw new UsageError(`--asker ${flags.asker}: not an IP address; write one, or probe`)
  }
  const other = vips.find((vip) => isOfOtherFamily(vip, flags.asker))
  if (other !== undefined)
    throw new UsageError(
      `--asker ${flags.asker}: it is not of the family of ${formatIp(other)}; ask for each family in a run of its own`,
    )
  return { vips, flags }
}

function isOfOtherFamily(vip: Ip, asker: string | undefined): boolean {
  const ip = asker === undefined ? null : parseIp(asker)
  return ip !== null && isIpv4(ip) !== isIpv4(vip)
}

async function questionsIn(file: string): Promise<AskedQuestion[]> {
  const { readQuestions } = await import('../workflows/predict-questions.js')
  const read = readQuestions(await readFlagFile('--questions', file))
  if ('wrong' in read) throw new UsageError(`--questions ${file}: ${read.wrong}`)
  return read
}

/** The model, its hosts with the changes, and the questions with an asker each. */
export async function loadPrediction(
  records: readonly HostRecord[],
  sets: readonly string[],
  asking: Asking,
  budget: WorkBudget,
) {
  const { CannotPredict, candidates, checkInterfaces, predicting } = await import('../workflows/predict.js')
  const { predictingTexts } = await import('../workflows/predict-table.js')
  const { buildingHosts } = await import('../node/host.js')
  await budget.run(buildingHosts(records))
  try {
    const hosts = candidates(records, sets)
    const models = hosts.map(({ host }) => host)
    const questions = 'whole' in asking ? asking.whole : await withAskers(asking, models)
    checkInterfaces(questions, hosts)
    return { hosts, questions, predicting, predictingTexts }
  } catch (error) {
    throw error instanceof CannotPredict ? new UsageError(error.message, { cause: error }) : error
  }
}

async function withAskers(
  { vips, flags }: Extract<Asking, { vips: unknown }>,
  hosts: Parameters<typeof import('../answering/likely-asker.js')['likelyAsker']>[0],
): Promise<AskedQuestion[]> {
  const { asked } = await import('../workflows/predict-questions.js')
  const { likelyAsker } = await import('../answering/likely-asker.js')
  const { asker, to, on, vlan } = flags
  return vips.map((vip) =>
    asked({
      target: formatIp(vip),
      asker: asker === 'probe' ? null : (asker ?? likelyAsker(hosts, vip)),
      to: to ?? null,
      ...(on && { on: [...on] }),
      ...(vlan !== undefined && { vlan }),
    }),
  )
}
