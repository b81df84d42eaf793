import { readKubeProxy } from '../../cluster/announcers/kube-proxy.js'
import { vipsOf } from '../../facts/expected.js'
import { type Effective, effective } from '../../node/effective.js'
import type { Host } from '../../node/model.js'
import { clusterSubject, listed, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { segmentInterfaces, sysctlEvidence } from '../host-parts.js'
import { inTurn, sh } from '../shell.js'

interface LooseArp {
  readonly object: string
  readonly vips: readonly string[]
  readonly nodes: number
  /** The hosts that were audited do not answer: somebody else has set arp_ignore. */
  readonly quiet: boolean
}

export const ipvsWithoutStrictArp = defineClusterRule({
  id: 'kube-proxy/ipvs-without-strict-arp',
  title: 'kube-proxy runs in IPVS mode without strictARP: every node answers for every VIP',
  severity: 'error',
  kinds: ['services', 'nodes'],
  needs: ['cluster'],
  optional: ['hosts'],
  explains: [
    'sysctl/arp-announce',
    'sysctl/arp-ignore',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'wire/unexpected-responder',
    'wire/same-mac-many-addresses',
  ],
  docs: {
    what: 'kube-proxy is in mode ipvs with strictARP off. On every node it binds all Service addresses to kube-ipvs0, and the kernel answers ARP for addresses of any interface unless arp_ignore is 1 or more.',
    why: 'All nodes answer for each VIP, whatever MetalLB or another announcer elects. Clients and firewalls with a fixed ARP timeout change the node now and then, and connections break.',
    confirm:
      'On a node: `sysctl net.ipv4.conf.all.arp_ignore` is 0 and `ip -brief address show dev kube-ipvs0` lists the VIP; `arping -b -I IFACE -c 5 VIP` shows the MAC of every node.',
    falseAlarms:
      'Where arp_ignore=1 is set by other means (sysctl.d, a tuned profile) nodes stay quiet; audit the nodes to see it.',
    references: [
      'metallb/metallb#153',
      'kubermatic/kubermatic#7309',
      'https://metallb.io/installation/#preparation',
      'kubernetes pkg/proxy/ipvs',
      'Documentation/networking/ip-sysctl.rst arp_ignore',
    ],
  },
  *checkCluster({ services, nodes }, { cluster, hosts = [] }) {
    const proxy = readKubeProxy(cluster)
    if (!proxy.known) {
      yield { unjudged: proxy.gap.subject, because: proxy.gap.reason }
      return
    }
    if (proxy.value?.mode !== 'ipvs' || proxy.value.strictArp) return
    const { object, path } = proxy.value
    const vips = [...new Set(services.flatMap(vipsOf))]
    const values = hosts.flatMap(arpIgnoreOf)
    const quiet = values.length > 0 && values.every(({ value }) => value >= 1)
    yield {
      subject: clusterSubject(object),
      severity: quiet ? 'info' : vips.length > 0 && nodes.length > 1 ? 'error' : 'warning',
      certainty: values.length > 0 ? 'certain' : 'likely',
      data: { object, vips, nodes: nodes.length, quiet },
      evidence: [
        objectEvidence(object, path, 'mode ipvs, strictARP not true'),
        ...values.map(({ host, effective }) => sysctlEvidence(host, effective)),
      ],
    }
  },
  message: ({ object, vips, nodes, quiet }: LooseArp) =>
    `kube-proxy runs in IPVS mode without strictARP (${object}): ${quiet ? 'only arp_ignore, set by other means, keeps the nodes from answering' : `each of ${nodes} nodes answers`} for ${vips.length > 0 ? listed(vips) : 'any VIP to come'}`,
  fixes: ({ object, vips }) => [
    object.startsWith('ConfigMap/') ? byConfigMap(object, vips) : byArguments(object, vips),
  ],
})

interface HostValue {
  readonly host: Host
  readonly value: number
  readonly effective: Effective
}

/** The effective arp_ignore of a host's interfaces on the segment; none for a host that could not be read. */
function arpIgnoreOf(host: Host): readonly HostValue[] {
  const { sysctls, links } = host.sections
  if (!sysctls.known || !links.known) return []
  return segmentInterfaces(links.value).flatMap(({ name }) => {
    const found = effective(sysctls.value, 'arp_ignore', name)
    return found ? [{ host, value: found.value, effective: found }] : []
  })
}

const SIDE_EFFECTS = [
  'It sets arp_ignore=1 and arp_announce=2 for all interfaces: addresses on lo or on another NIC are no longer answered for.',
]

function byConfigMap(object: string, vips: readonly string[]): Fix {
  const [, namespace = '', name = ''] = object.split('/')
  const replace = (from: boolean) =>
    sh`kubectl -n ${namespace} get configmap ${name} -o yaml | sed -e ${`s/strictARP: ${from}/strictARP: ${!from}/`} | kubectl apply -f -`
  const restart = sh`kubectl -n ${namespace} rollout restart daemonset/kube-proxy`
  return {
    summary: 'Turn strictARP on and restart kube-proxy',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      { kind: 'persistent', text: 'Set ipvs.strictARP (add it where the line is missing)', run: replace(false) },
      { kind: 'runtime', text: 'Restart kube-proxy', run: restart },
    ],
    sideEffects: SIDE_EFFECTS,
    verify: vips[0] ? sh`l2doctor scan --vip ${vips[0]}` : 'sysctl net.ipv4.conf.all.arp_ignore on a node shows 1',
    undo: inTurn([replace(true), restart]),
  }
}

function byArguments(object: string, vips: readonly string[]): Fix {
  return {
    summary: 'Start kube-proxy with --ipvs-strict-arp',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: object.startsWith('Node/')
          ? 'k3s and RKE2: add `kube-proxy-arg: ["ipvs-strict-arp=true"]` to config.yaml on every node beside proxy-mode, and restart the service'
          : `Add the argument to ${object}`,
      },
    ],
    sideEffects: SIDE_EFFECTS,
    verify: vips[0] ? sh`l2doctor scan --vip ${vips[0]}` : 'sysctl net.ipv4.conf.all.arp_ignore on a node shows 1',
    undo: 'Take the argument away and restart.',
  }
}
