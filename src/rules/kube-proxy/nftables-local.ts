import { endpointNodes } from '../../cluster/announcers/endpoints.js'
import { describeVersion, holdsFor, imageVersion, spanOf, type VersionSpan } from '../../cluster/announcers/version.js'
import type { ClusterNode, Service } from '../../cluster/model.js'
import type { Workload } from '../../cluster/model-workloads.js'
import { readKubeProxy } from '../../cluster/network/kube-proxy.js'
import { KUBE_PROXY } from '../../cluster/network/kube-proxy-versions.js'
import { vipsOf } from '../../facts/expected.js'
import { type Confidence, certain, possible } from '../certainty.js'
import { inNamespace, listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { serviceSubject } from '../subject.js'

interface Dropped {
  readonly service: string
  readonly ips: readonly string[]
  readonly version: string
  /** Nodes without a ready endpoint of the Service: what they and their pods send to it is dropped. */
  readonly nodes: readonly string[]
}

export const nftablesLocal = defineClusterRule({
  id: 'kube-proxy/nftables-local',
  title: 'kube-proxy in mode nftables drops what nodes and pods send to a VIP of policy Local',
  severity: 'warning',
  kinds: ['services', 'nodes', 'workloads', 'endpointSlices'],
  needs: ['cluster'],
  docs: {
    what: 'kube-proxy runs in mode nftables in a version before 1.34, and a Service has externalTrafficPolicy Local. On a node without an endpoint of the Service it drops what that node and its pods send to the VIP; the modes iptables and ipvs forward it.',
    why: 'ARP is in order and clients outside connect, while pods and programs on some nodes get no answer from the same address.',
    confirm:
      'From a node without an endpoint: `curl --max-time 3 http://VIP/` hangs; `nft list map ip kube-proxy no-endpoint-services` lists the VIP with `drop`.',
    falseAlarms: 'Where nothing inside the cluster uses the VIP. Of 1.33 the later patch releases have the change.',
    references: [
      'kubernetes/kubernetes#131765',
      KUBE_PROXY.dropsOwnTrafficToLocalServices.source,
      KUBE_PROXY.neverMendedFor.source,
    ],
  },
  *checkCluster({ services, nodes, workloads, endpointSlices }, { cluster }) {
    const proxy = readKubeProxy(cluster)
    if (!proxy.known) {
      yield { unjudged: proxy.gap.subject, because: proxy.gap.reason }
      return
    }
    if (proxy.value?.mode !== 'nftables') return
    const version = versionOf(workloads, nodes)
    if (holdsFor(version, KUBE_PROXY.dropsOwnTrafficToLocalServices) === false) return
    const serving = endpointNodes(endpointSlices)
    for (const service of services.filter(isLocal)) {
      const bare = nodes.flatMap(({ name }) => (serving.get(service.key)?.has(name) ? [] : [name]))
      if (bare.length === 0) continue
      yield {
        subject: serviceSubject(service),
        ...weigh(version),
        data: { service: service.key, ips: vipsOf(service), version: describeVersion(version), nodes: bare },
        evidence: [
          objectEvidence(proxy.value.object, proxy.value.path, 'mode nftables'),
          objectEvidence(`Service/${service.key}`, '.spec.externalTrafficPolicy', 'Local'),
        ],
      }
    }
  },
  message: ({ service, ips, version, nodes }: Dropped) =>
    `kube-proxy ${version} in mode nftables drops what ${listed(nodes, 3)} and the pods there send to ${listed(ips)} of ${service}: they have no endpoint of it, and its policy is Local`,
  fixes: ({ service, ips }) => [
    {
      summary: 'Upgrade Kubernetes to 1.34 or later, or to the newest 1.33',
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        {
          kind: 'persistent',
          text: 'Upgrade as it was installed; until then clients inside the cluster use the cluster IP of the Service',
          run: sh`kubectl get service ${inNamespace(service)} -o wide`,
        },
      ],
      verify: ips[0] ? sh`curl --max-time 3 ${`http://${ips[0]}/`}` : sh`kubectl get nodes`,
      undo: 'Install the former version again.',
    },
  ],
})

/** Of its image; where it runs as a process of the distribution (k3s), its nodes' oldest kubelet. */
function versionOf(workloads: readonly Workload[], nodes: readonly ClusterNode[]): VersionSpan {
  const images = workloads.flatMap(({ containers }) => containers.filter(({ name }) => name === 'kube-proxy'))
  const [image] = images.flatMap((one) => imageVersion(one.image) ?? [])
  const kubelets = nodes.flatMap(({ kubeletVersion }) => imageVersion(`kubelet:${kubeletVersion}`) ?? [])
  const oldest = kubelets.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0]
  return spanOf(image ?? oldest ?? null)
}

function isLocal(service: Service): boolean {
  return service.type === 'LoadBalancer' && service.externalTrafficPolicy === 'Local' && vipsOf(service).length > 0
}

function weigh(version: VersionSpan): Confidence {
  return holdsFor(version, KUBE_PROXY.neverMendedFor)
    ? certain('mode, version and policy were read')
    : possible('the version is unknown, or its later patch releases have the change')
}
