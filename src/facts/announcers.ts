import type { Announcer, AnnouncerView } from '../cluster/announcers/announcer.js'
import type { ClusterSnapshot } from '../cluster/model.js'

/** Asks every announcer once; rules and names share the answers. */
export function viewAnnouncers(announcers: readonly Announcer[], cluster: ClusterSnapshot): AnnouncerView[] {
  return announcers.map((announcer) => {
    const presence = announcer.detect(cluster)
    const found = presence.known && presence.value !== null ? announcer.vips(cluster, presence.value) : NOTHING
    return { name: announcer.name, presence, ...found }
  })
}

const NOTHING = { answers: [], gaps: [] } as const
