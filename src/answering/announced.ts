import type { Link } from '../node/model.js'
import { isGroupMac } from '../wire/mac.js'
import type { HostView } from './host-view.js'
import type { Announcement, Question, Reply } from './model.js'

/** What software that answers by a socket or program of its own does with an ARP request. */
export interface Announced {
  readonly replies: readonly Reply[]
  /** The replies that come if what is missing does not prevent them, and what that is. */
  readonly possible: readonly { readonly reply: Reply; readonly missing: string }[]
}

/** The ARP replies of announcers, on the interface or on what stands above it. */
export function announced(
  view: HostView,
  on: Link,
  question: Question,
  announcements: readonly Announcement[],
): Announced {
  const kind = kindOf(question)
  const own = announcements.flatMap((one) => {
    const { ip, host, kernelHasASay, answers, name, mac } = one
    if (ip !== question.target || host !== view.host.name || kernelHasASay || answers[kind] === false) return []
    const device = stackOf(view, on).find((link) => isHeardOn(one, link))
    if (!device) return []
    const found = { mac: mac ?? device.mac, interface: device.name, path: 'announcer', delayMs: 0, announcer: name }
    return [{ reply: found as Reply, missing: missingOf(one, kind) }]
  })
  return {
    replies: own.flatMap(({ reply, missing }) => (missing === null ? [reply] : [])),
    possible: own.flatMap(({ reply, missing }) => (missing === null ? [] : [{ reply, missing }])),
  }
}

/** Whether it may answer on a device: one that faces the segment where it is told no name. */
export function isHeardOn({ interfaces }: Announcement, { name, facesSegment }: Link): boolean {
  return interfaces === null || interfaces === 'unknown' ? facesSegment : interfaces.includes(name)
}

/** What of an announcement leaves its answer open; null: nothing. */
function missingOf({ interfaces, answers, name }: Announcement, kind: keyof Announcement['answers']): string | null {
  if (interfaces === 'unknown') return interfacesOf(name)
  return answers[kind] === null ? `whether ${name} answers ${KINDS[kind]}` : null
}

export function interfacesOf(announcer: string): string {
  return `the interface on which ${announcer} announces`
}

const KINDS = { broadcast: 'broadcast requests', unicast: 'unicast requests', probe: 'probes' } as const

export function kindOf({ asker, to }: Question): keyof Announcement['answers'] {
  if (asker === null) return 'probe'
  return to === null || isGroupMac(to) ? 'broadcast' : 'unicast'
}

/** The interface and its masters, from the outermost: a member of a bond is not where an announcer listens. */
function stackOf(view: HostView, on: Link): Link[] {
  const stack = [on]
  for (let at: Link | undefined = on; at?.master && stack.length < 8; ) {
    at = view.links.get(at.master)
    if (at) stack.unshift(at)
  }
  return stack
}
