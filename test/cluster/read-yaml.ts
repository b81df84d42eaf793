import { readFileSync } from 'node:fs'
import type { AnnouncerView } from '../../src/cluster/announcers/announcer.js'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import type { ClusterSnapshot } from '../../src/cluster/model.js'
import { viewAnnouncers } from '../../src/facts/announcers.js'

/** When a cluster was read whose objects carry no time. */
export const READ_AT = new Date('2026-01-01T00:00:00Z')

export function clusterOf(text: string): ClusterSnapshot {
  return snapshotFromFiles([{ name: 'cluster.yaml', text }], READ_AT)
}

export function clusterOfFile(path: string): ClusterSnapshot {
  return clusterOf(readFileSync(path, 'utf8'))
}

export function viewOf(cluster: ClusterSnapshot, name: string): AnnouncerView {
  return viewAnnouncers(announcers, cluster).find((view) => view.name === name)!
}
