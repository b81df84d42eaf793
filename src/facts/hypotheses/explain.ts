import type { AnnouncerView, WayToFail } from '../../cluster/announcers/announcer.js'
import { groupBy } from '../../cluster/group-by.js'
import type { ClusterSnapshot } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import type { WireFacts } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import type { Attribution } from '../attribution.js'
import type { Question } from '../question.js'
import { respondersOf } from '../responders.js'
import type { Explanation, Hypothesis, SeenAddress } from './model.js'
import { agrees, plainly, same } from './predict.js'

export interface Looked {
  readonly cluster: ClusterSnapshot
  readonly announcers: readonly AnnouncerView[]
  readonly wire: WireFacts
  readonly attribution: Attribution
  readonly question: Question
}

/**
 * Where the wire disagrees with what the announcers should do: every simple hypothesis under which all addresses seen at once are
 * as they should be. Empty where nothing disagrees, and where nothing simple explains it.
 */
export function explain(looked: Looked): readonly Explanation[] {
  const addresses = seenAddresses(looked)
  const odd = addresses.filter((one) => !same(plainly(one) ?? one.seen, one.seen))
  const announcers = new Set(odd.flatMap(({ answers }) => answers.map(({ announcer }) => announcer)))
  return [...announcers].flatMap((announcer) =>
    hypothesesOf(waysOf(announcer, looked), odd).flatMap((hypothesis) => {
      const own = addresses.filter(({ answers }) => answers.some((one) => one.announcer === announcer))
      const explained = odd.filter((one) => own.includes(one))
      // one hypothesis must do for everything that is wrong with this announcer
      if (!own.every((one) => agrees(hypothesis, announcer, one))) return []
      return [
        {
          hypothesis,
          announcer,
          explains: explained.map(({ ip }) => ip),
          heldAgainst: own.length,
          exact: hypothesis.kind !== 'kept',
        },
      ]
    }),
  )
}

/** The addresses of announcers whose answerers the capture settles, and of which the prediction is known. */
export function seenAddresses({ cluster, announcers, wire, attribution, question }: Looked): readonly SeenAddress[] {
  const nodes = new Set(valueOr(cluster.nodes, []).map(({ name }) => name))
  const byIp = groupBy(
    announcers.flatMap(({ name, answers }) => answers.map((answer) => ({ announcer: name, answer }))),
    ({ answer }) => answer.ip,
  )
  return wire.addresses.flatMap((address) => {
    const ip = formatIp(address.ip)
    const answers = byIp.get(ip) ?? []
    const found = answers.length > 0 ? respondersOf(address, attribution, nodes, question) : null
    if (!found) return []
    const one = { ip, asked: address.asked, answers, seen: found.nodes, rounds: found.rounds }
    return plainly(one) === null ? [] : [one]
  })
}

function waysOf(announcer: string, { announcers }: Looked): readonly WayToFail[] {
  return announcers.find(({ name }) => name === announcer)?.traits.fails ?? []
}

/** Only nodes that answer too much or too little somewhere can be to blame: a cluster has thousands of others. */
function hypothesesOf(fails: readonly WayToFail[], odd: readonly SeenAddress[]): readonly Hypothesis[] {
  const suspects = new Set(odd.flatMap((one) => [...one.seen, ...(plainly(one) ?? [])]))
  return [...suspects].sort().flatMap((node) => fails.map((kind): Hypothesis => ({ kind, node })))
}
