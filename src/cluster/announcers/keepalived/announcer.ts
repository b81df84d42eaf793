import { type Known, mapKnown, valueOr } from '../../../known.js'
import type { ClusterSnapshot } from '../../model.js'
import type { Announcer, Presence, VipAnswer } from '../announcer.js'
import { concernOf } from '../concern.js'
import { imageVersion, workloadVersion } from '../version.js'
import { type VrrpGroup, vrrpGroups } from './groups.js'
import { keepalivedManner } from './manner.js'
import { KEEPALIVED_PEOPLE } from './people.js'
import { KEEPALIVED_READS } from './reads.js'

const IMAGE = /keepalived/

/**
 * keepalived in pods. The API shows which machines share an address; who of them is master they settle among themselves, so
 * that only adverts on the wire, or the machines, name it. A keepalived of the hosts is read there (`audit-node`).
 */
export const keepalived = {
  name: 'keepalived',
  reads: KEEPALIVED_READS,
  people: KEEPALIVED_PEOPLE,
  byLease: false,
  fails: ['silent', 'kept'],
  manner: keepalivedManner,
  concern: (cluster) => concernOf(presenceIn(cluster), []),
  classes: () => [],
  detect: presenceIn,
  vips: (cluster) => ({
    answers: vrrpGroups(cluster).flatMap((group) => answersOf(group, cluster)),
    gaps: [cluster.keepalivedGroups, cluster.nodes].flatMap((one) => (one.known ? [] : [one.gap])),
  }),
} as const satisfies Announcer

function presenceIn({ workloads, pods }: ClusterSnapshot): Known<Presence | null> {
  return mapKnown(workloads, (all) => {
    for (const workload of all) {
      const container = workload.containers.find(({ image }) => IMAGE.test(image))
      if (!container) continue
      return { version: workloadVersion(workload, container), object: `${workload.kind}/${workload.key}` }
    }
    const pod = valueOr(pods, []).find(({ images }) => images.some((image) => IMAGE.test(image)))
    const image = pod?.images.find((one) => IMAGE.test(one))
    return pod && image ? { version: imageVersion(image), object: `Pod/${pod.key}` } : null
  })
}

function answersOf({ addresses, nodes, object }: VrrpGroup, cluster: ClusterSnapshot): readonly VipAnswer[] {
  const all = new Set([...valueOr(cluster.nodes, []).map(({ name }) => name), ...nodes])
  return addresses.map(({ ip, service }) => ({
    ip,
    service,
    get candidates() {
      return [...all].sort().map((node) => {
        const eligible = nodes.has(node)
        return { node, eligible, because: eligible ? [] : [`no keepalived of ${object} on it`] }
      })
    },
    expected: [],
    disagreements: [],
    undecided: {
      subject: `keepalived: the master for ${ip}`,
      reason: 'its machines elect it by VRRP, and no object of the API names it',
      hint: 'its adverts do: l2doctor diagnose --vip hears them; or read the machines',
    },
  }))
}
