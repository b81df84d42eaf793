import type { AnswerTable } from '../facts/answers/model.js'
import type { Question } from '../facts/question.js'
import type { Gap } from '../known.js'
import { formatIp } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'

/** What answers seen beside answers predicted leave open of the addresses asked for: whose the machine is that answers in a holder's place. */
export function answerDoubts(tables: readonly AnswerTable[], { vips }: Pick<Question, 'vips'>): Gap[] {
  return tables.flatMap(({ ip, replaced, responders }) => {
    const [first] = replaced
    if (!first || !vips.includes(ip)) return []
    const macs = responders.map(({ mac }) => formatMac(mac)).join(', ')
    return [
      {
        subject: formatIp(ip),
        reason: `${first.host} should answer and did not; whose ${macs} is, which answered, is not known`,
        hint: 'read the other machines that may hold it: --host NODE; or say whose the MAC is: --mac NODE=MAC',
      },
    ]
  })
}
