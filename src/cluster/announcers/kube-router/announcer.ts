import { type Known, mapKnown, valueOr } from '../../../known.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { Container } from '../../model-workloads.js'
import type { Announcer, FindBgp, Presence } from '../announcer.js'
import { concernOf } from '../concern.js'
import { workloadVersion } from '../version.js'
import { kubeRouterManner } from './manner.js'
import { KUBE_ROUTER_PEOPLE } from './people.js'
import { KUBE_ROUTER_READS } from './reads.js'

/** kube-router, which advertises addresses of Services by BGP: no machine needs to answer ARP for those. */
export const kubeRouter = {
  name: 'kube-router',
  reads: KUBE_ROUTER_READS,
  people: KUBE_ROUTER_PEOPLE,
  byLease: false,
  fails: [],
  manner: kubeRouterManner,
  concern: (cluster) => concernOf(cluster.workloads, []),
  // its allocator serves those without a class too
  classes: (cluster) => (valueOr(presenceIn(cluster), null) ? ['default', 'kube-router'] : []),
  byBgp: advertisedBy,
  detect: presenceIn,
  vips: () => ({ answers: [], gaps: [] }),
} as const satisfies Announcer

interface Router {
  readonly container: Container
  readonly presence: Presence
}

function presenceIn(cluster: ClusterSnapshot): Known<Presence | null> {
  return mapKnown(routersIn(cluster), ([first]) => first?.presence ?? null)
}

function routersIn({ workloads }: ClusterSnapshot): Known<readonly Router[]> {
  return mapKnown(workloads, (all) =>
    all.flatMap((workload) => {
      const container = workload.containers.find(({ image }) => /(^|\/)kube-router[:@]/.test(image))
      if (!container || switchOf(container, 'run-router') === false) return []
      const object = `${workload.kind}/${workload.key}`
      return [{ container, presence: { version: workloadVersion(workload, container), object } }]
    }),
  )
}

/** A switch as it is given: `--name`, `--name=true`; null where it is not. */
function switchOf({ args }: Container, name: string): boolean | null {
  const given = args.findLast((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`))
  return given === undefined ? null : !/=(?:false|f|0)$/i.test(given)
}

/** By the annotation of the Service, else by the flags of the agent (getAllVIPsForService in pkg/controllers/routing/ecmp_vip.go). */
function advertisedBy(cluster: ClusterSnapshot): FindBgp {
  const [router] = valueOr(routersIn(cluster), [])
  if (!router) return () => null
  const { container, presence } = router
  const says = ({ annotations }: Service, annotation: string, flag: string): boolean => {
    const own = annotations[`kube-router.io/service.advertise.${annotation}`]
    return own === undefined ? switchOf(container, flag) === true : /^(?:true|t|1)$/i.test(own)
  }
  return (service, ip) => {
    const isAdvertised =
      (service.ingress.some((one) => one.ip === ip) &&
        service.annotations['kube-router.io/service.skiplbips'] === undefined &&
        says(service, 'loadbalancerip', 'advertise-loadbalancer-ip')) ||
      (service.externalIPs.includes(ip) && says(service, 'externalip', 'advertise-external-ip'))
    return isAdvertised ? presence.object : null
  }
}
