import { apply } from '../../answering/change/apply.js'
import type { Change } from '../../answering/change/model.js'
import { formatChange } from '../../answering/change/text.js'
import { predict } from '../../answering/predict.js'
import type { AnswerTable, SilentHost } from '../../facts/answers/model.js'
import { valueOr } from '../../known.js'
import type { Family, Host, RoutingRule } from '../../node/model.js'
import { formatIp, isIpv4 } from '../../wire/ip.js'
import type { HostCure } from './filter-cures.js'

/** So many are looked at; a host with more is a router, and no VIP is lost to its last rule. */
const MOST = 32

/**
 * A host that holds the address and has a rule or a route that leads requests for it elsewhere: whichever of them, taken away,
 * lets the host answer.
 */
export function routingCures({ on, put }: SilentHost, host: Host, { ip, vlans }: AnswerTable): readonly HostCure[] {
  if (vlans.length > 0) return []
  const question = { target: ip, asker: put.asker, to: put.to, on }
  const helps = (change: Change) => predict(apply(host, change), question).answers === 'yes'
  const family = isIpv4(ip) ? 4 : 6
  return [...rulesOf(host, family), ...routesOf(host, family)].filter(helps).map((change) => ({
    node: host.name,
    summary: `Remove what leads requests for ${formatIp(ip)} elsewhere on ${host.name}: ${formatChange(change).replace(/^[^=]*=/, '')}`,
    changes: [change],
  }))
}

/** Rules that somebody made, and that can be made again as they were. */
function rulesOf({ sections: { rules } }: Host, family: Family): Change[] {
  const own = valueOr(rules, []).filter((rule) => rule.family === family && isCustom(rule) && isWhole(rule))
  return own.slice(0, MOST).map((rule) => ({ kind: 'rule-del', rule }))
}

function isCustom({ priority, table }: RoutingRule): boolean {
  return !['0 local', '32766 main', '32767 default'].includes(`${priority} ${table}`)
}

function isWhole({ other, details }: RoutingRule): boolean {
  if (!other) return true
  if (!details) return false
  const { inverted, vrf, goto, suppressLength, never, unread } = details
  return !inverted && !vrf && goto === null && suppressLength === null && !never && unread.length === 0
}

function routesOf({ sections: { routes } }: Host, wanted: Family): Change[] {
  const refusing = valueOr(routes, []).filter(
    ({ family, type, protocol }) => family === wanted && REFUSES.has(type) && protocol !== 'kernel',
  )
  return refusing.slice(0, MOST).map((route) => ({ kind: 'route-del', route }))
}

const REFUSES: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw'])
