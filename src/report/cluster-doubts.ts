import type { ClusterView } from '../facts/cluster-view.js'
import type { ExpectedAnswer } from '../facts/expected.js'
import { vacancies, vacancyWords } from '../facts/vacancy.js'
import type { Gap } from '../known.js'

/** Why the objects do not say which node should answer for an address; null where they do, or where none has to. */
export function unexpectedDoubts({ cluster, announcers, expected }: ClusterView): (ip: string) => Gap | null {
  const vacancyOf = vacancies(cluster, announcers)
  return (ip) => {
    const answer = expected.get(ip)
    if (!answer || answer.byBgp) return null
    const vacancy = vacancyOf(ip)
    if (vacancy !== null) return gap(ip, `nobody is in charge of it: ${vacancyWords(vacancy)}`)
    if (answer.nodes.length > 0) return null
    return gap(ip, answer.announcers.length > 0 ? namesNobody(answer) : UNKNOWN)
  }
}

const UNKNOWN = 'no announcer that l2doctor knows counts it its own, so who should answer is not known'

function namesNobody({ announcers }: ExpectedAnswer): string {
  return `${announcers.join(' and ')} should announce it, and no object says on which node`
}

function gap(ip: string, reason: string): Gap {
  return { subject: ip, reason, hint: `see who answers, from the segment: l2doctor scan --vip ${ip}` }
}
