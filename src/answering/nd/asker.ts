import { scoped } from '../../node/effective.js'
import { SILENT, type Verdict } from '../asked.js'
import type { Solicited } from './solicited.js'

/** Entries from which a MAC is taken at once (NUD_VALID). */
const VALID = ['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'PERMANENT', 'NOARP']

/** An answer, where there is a way back to the asker. */
export function answered(asked: Solicited, reply: Omit<Extract<Verdict, { kind: 'reply' }>, 'kind'>): Verdict {
  return wayBack(asked) ?? { kind: 'reply', ...reply }
}

/** ndisc_recv_ns(), ndisc_send_na(): the way back to the asker, whom a probe does not have. */
function wayBack(asked: Solicited): Verdict | null {
  if (asked.isProbe) return null
  if (asked.device.flags.includes('NOARP')) return toNobody(asked)
  if (!asked.solicitation.sourceLinkAddress && !isKnown(asked)) return unknownAsker(asked)
  return tableFull(asked)
}

/** ndisc_constructor(): a device without neighbour discovery gives every neighbour its own MAC. */
function toNobody(asked: Solicited): Verdict {
  const { name, flags } = asked.device
  const text = `${name} has the flag NOARP, so its answer goes to its own MAC and reaches no client`
  asked.note('NOARP', 'stops', { setting: `flags of ${name}`, value: flags.join(','), from: 'ip link', text })
  return SILENT
}

function isKnown({ view, device, asker }: Solicited): boolean {
  const { neighbours } = view.host.sections
  return (
    neighbours.known &&
    neighbours.value.some(
      (one) => one.ip === asker && one.interface === device.name && one.states.some((state) => VALID.includes(state)),
    )
  )
}

/** Without an entry a solicitation of the group makes none; one to the host itself makes it ask for the asker first. */
function unknownAsker(asked: Solicited): Verdict {
  if (!asked.view.host.sections.neighbours.known) return asked.unread('neighbours', 'asker')
  if (!asked.toGroup)
    return asked.open('asker', `whether ${asked.asker} answers when it is asked for its own MAC`, 'local')
  const text = `the solicitation has no link-layer address, and ${asked.device.name} has no neighbour entry of ${asked.asker}`
  asked.note('asker', 'stops', { setting: `neighbour ${asked.asker}`, value: 'none', from: 'ip -6 neigh', text })
  return SILENT
}

/** __neigh_lookup(): a full table may refuse the entry (gc_thresh3); nobody can tell what it lets go. */
function tableFull(asked: Solicited): Verdict | null {
  const { neighbours, sysctls } = asked.view.host.sections
  const most = sysctls.known ? scoped(sysctls.value.neigh6, 'default', 'gc_thresh3') : null
  if (most === null || !neighbours.known || neighbours.value.length < most || isKnown(asked)) return null
  const counted = neighbours.value.filter(
    ({ family, states }) => family === 6 && !states.includes('PERMANENT') && !states.includes('NOARP'),
  ).length
  if (counted < most) return null
  const missing = `whether the neighbour table (${counted} entries, gc_thresh3 ${most}) has room for ${asked.asker}`
  return asked.open('neighbour table', missing, 'local')
}
