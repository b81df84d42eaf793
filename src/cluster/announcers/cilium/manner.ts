import { valueOr } from '../../../known.js'
import { matchesSelector } from '../../label-selector.js'
import type { ClusterSnapshot } from '../../model.js'
import type { Labels } from '../../model-common.js'
import type { AnsweredKinds, InterfaceChoice, MannerOf } from '../announcer.js'
import { ANSWERS_ALL, ANSWERS_NONE, ANSWERS_UNKNOWN, isIpv6Text, UNKNOWN_INTERFACES } from '../manner.js'
import { holdsFor, spanOf } from '../version.js'
import { agentVersion, announcingConfig } from './config.js'
import type { CiliumL2Policy } from './objects.js'
import { announcesAddress, selectsService } from './policies.js'
import { CILIUM } from './versions.js'

/** `l2-announcements-lease-duration` of the agent's configuration. */
const LEASE_DURATION = 'l2-announcements-lease-duration'
const DEFAULT_SECONDS = 15

/**
 * An eBPF program answers on the devices that the policies choose by regular expression; a policy without any chooses all
 * (pkg/l2announcer/l2announcer.go). It answers what is broadcast or sent to the device's MAC (bpf/lib/l2_announcements.h).
 */
export function ciliumManner(cluster: ClusterSnapshot): MannerOf {
  const services = new Map(valueOr(cluster.services, []).map((service) => [service.key, service]))
  const labels = new Map(valueOr(cluster.nodes, []).map((node) => [node.name, node.labels]))
  const failoverSeconds = leaseSeconds(cluster)
  const six = answers6(cluster)
  return ({ ip, service: key }) => {
    const service = services.get(key ?? '')
    const policies = valueOr(cluster.ciliumL2Policies, []).filter(
      (policy) => service && selectsService(policy, service) && announcesAddress(policy, service, ip),
    )
    return {
      kernelHasASay: false,
      answers: isIpv6Text(ip) ? six : ANSWERS_ALL,
      hearing: 'program',
      failoverSeconds,
      interfacesOn: (node) => choiceOf(policies, labels.get(node)),
    }
  }
}

/** Its program takes solicitations to the group and to the device's MAC; what it does with a sender :: was not tried. */
function answers6(cluster: ClusterSnapshot): AnsweredKinds {
  const announces = holdsFor(spanOf(agentVersion(cluster)), CILIUM.announcesIpv6)
  if (announces === false) return ANSWERS_NONE
  return announces === null ? ANSWERS_UNKNOWN : { ...ANSWERS_ALL, probe: null }
}

function choiceOf(policies: readonly CiliumL2Policy[], labels: Labels | undefined): InterfaceChoice {
  if (!labels) return UNKNOWN_INTERFACES
  const own = policies.filter(({ nodeSelector }) => nodeSelector === null || matchesSelector(nodeSelector, labels))
  if (own.length === 0) return UNKNOWN_INTERFACES
  const objectsOf = (all: typeof own) => all.map(({ name }) => `CiliumL2AnnouncementPolicy/${name}`)
  const unrestricted = own.filter(({ interfaces }) => interfaces.length === 0)
  const path = '.spec.interfaces'
  if (unrestricted.length > 0) return { kind: 'all', objects: objectsOf(unrestricted), path }
  return {
    kind: 'patterns',
    patterns: [...new Set(own.flatMap(({ interfaces }) => interfaces))],
    objects: objectsOf(own),
    path,
  }
}

/** Whole seconds of a Go duration such as `15s` or `1m30s`. */
function leaseSeconds(cluster: ClusterSnapshot): number {
  const text = announcingConfig(cluster)?.data[LEASE_DURATION] ?? ''
  const [whole, minutes, seconds] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? []
  return whole ? Number(minutes ?? 0) * 60 + Number(seconds ?? 0) : DEFAULT_SECONDS
}
