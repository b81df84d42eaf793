import type { AnnouncerView } from '../../cluster/announcers/announcer.js'
import type { AnswerTable, Responder } from '../../facts/answers/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, isLocalMac } from '../../wire/mac.js'

/**
 * Whether it is an interface that an announcer makes for the address. Where no object says which MAC that has, one that alone answers
 * and that no maker gave out may be it.
 */
export function isOfAnnouncer(
  { mac }: Responder,
  { ip, responders, replaced }: AnswerTable,
  views: readonly AnnouncerView[],
): boolean {
  const text = formatIp(ip)
  const own = views.flatMap(({ answers, mannerOf }) =>
    answers.filter((one) => one.ip === text).map((one) => mannerOf(one)?.ownMac),
  )
  const mayBeOwn = responders.length === 1 && replaced.length === 0 && isLocalMac(mac)
  return own.includes(formatMac(mac)) || (mayBeOwn && own.includes(null))
}
