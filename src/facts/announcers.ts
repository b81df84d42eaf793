import type { Announcer, AnnouncerView, MannerOf } from '../cluster/announcers/announcer.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import { once } from '../once.js'

/** Asks every announcer once; rules and names share the answers. */
export function viewAnnouncers(announcers: readonly Announcer[], cluster: ClusterSnapshot): AnnouncerView[] {
  return announcers.map((announcer) => {
    const presence = announcer.detect(cluster)
    const found = presence.known && presence.value !== null ? announcer.vips(cluster, presence.value) : NOTHING
    return { name: announcer.name, presence, ...found, mannerOf: mannerIn(announcer, cluster), traits: announcer }
  })
}

/** Worked out when the first host is to be judged by it: most runs know no host. */
function mannerIn(announcer: Announcer, cluster: ClusterSnapshot): MannerOf {
  const inCluster = once((snapshot: ClusterSnapshot) => announcer.manner(snapshot))
  return (answer) => inCluster(cluster)(answer)
}

const NOTHING = { answers: [], gaps: [] } as const
