import type { Link } from '../node/model.js'
import { isGroupMac } from '../wire/mac.js'
import type { HostView } from './host-view.js'
import type { Announcement, Question, Reply } from './model.js'

/** The ARP replies of software that answers by a socket of its own, on the interface or on what stands above it. */
export function announced(
  view: HostView,
  on: Link,
  question: Question,
  announcements: readonly Announcement[],
): Reply[] {
  return announcements
    .filter(({ ip, host, kernelHasASay }) => ip === question.target && host === view.host.name && !kernelHasASay)
    .filter(({ answers }) => answers[kindOf(question)] === true)
    .flatMap(({ interfaces, mac, name }) => {
      const device = stackOf(view, on).find((link) =>
        interfaces === null ? link.facesSegment : interfaces.includes(link.name),
      )
      if (!device) return []
      return [
        { mac: mac ?? device.mac, interface: device.name, path: 'announcer' as const, delayMs: 0, announcer: name },
      ]
    })
}

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
