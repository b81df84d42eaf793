import type { AnnouncerView } from '../../cluster/announcers/announcer.js'
import { bgpOf } from '../../cluster/announcers/by-bgp.js'
import { objectName } from '../../cluster/key.js'
import type { ClusterSnapshot, Service } from '../../cluster/model.js'
import { readKubeProxy } from '../../cluster/network/kube-proxy.js'
import { vipsOf } from '../../facts/expected.js'
import { type Effective, effective } from '../../node/effective.js'
import type { Host } from '../../node/model.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { segmentInterfaces, sysctlEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { STRICT_ARP_EFFECTS, strictArp } from './strict-arp.js'

interface LooseArp {
  readonly object: string
  readonly vips: readonly string[]
  readonly nodes: number
  /** The hosts that were audited do not answer: somebody else has set arp_ignore. */
  readonly quiet: boolean
  /** Every VIP is announced by BGP only: a route leads to it, and nobody need ask for it by ARP. */
  readonly byBgp: boolean
}

export const ipvsWithoutStrictArp = defineClusterRule({
  id: 'kube-proxy/ipvs-without-strict-arp',
  title: 'kube-proxy runs in IPVS mode without strictARP: every node answers for every VIP',
  severity: 'error',
  kinds: ['services', 'nodes'],
  needs: ['cluster'],
  optional: ['hosts', 'announcers'],
  family: 4,
  explains: [
    'sysctl/arp-announce',
    'answers/unwanted-responder',
    'answers/for-other-addresses',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'wire/unexpected-responder',
    'wire/same-mac-many-addresses',
  ],
  docs: {
    what: 'kube-proxy is in mode ipvs with strictARP off. On every node it binds all Service addresses to kube-ipvs0, and the kernel answers ARP for addresses of any interface unless arp_ignore is 1 or more.',
    why: 'All nodes answer for each VIP, whatever MetalLB or another announcer elects. Clients and firewalls with a fixed ARP timeout change the node from time to time, and connections break.',
    confirm:
      'On a node: `sysctl net.ipv4.conf.all.arp_ignore` is 0 and `ip -brief address show dev kube-ipvs0` lists the VIP; `arping -b -I IFACE -c 5 VIP` shows the MAC of every node.',
    falseAlarms:
      'Where arp_ignore=1 is set by other means (sysctl.d, a tuned profile) nodes stay quiet; audit the nodes to see it. VIPs that are announced by BGP only are reported as a warning: it matters only where a machine of the segment asks for them by ARP.',
    references: [
      'metallb/metallb#153',
      'kubermatic/kubermatic#7309',
      'https://metallb.io/installation/#preparation',
      'kubernetes pkg/proxy/ipvs',
      'Documentation/networking/ip-sysctl.rst arp_ignore',
    ],
  },
  *checkCluster({ services, nodes }, { cluster, hosts = [], announcers = [] }) {
    const proxy = readKubeProxy(cluster)
    if (!proxy.known) {
      yield { unjudged: proxy.gap.subject, because: proxy.gap.reason }
      return
    }
    if (proxy.value?.mode !== 'ipvs' || proxy.value.strictArp) return
    const { object, path } = proxy.value
    const vips = [...new Set(services.flatMap(vipsOf))]
    const byBgp = vips.length > 0 && allByBgp(services, cluster, announcers)
    const values = hosts.flatMap(arpIgnoreOf)
    const quiet = values.length > 0 && values.every(({ value }) => value >= 1)
    yield {
      subject: objectSubject(object),
      ...weigh(hosts.filter((host) => arpIgnoreOf(host).length > 0).length, nodes.length),
      severity: quiet ? 'info' : vips.length > 0 && nodes.length > 1 && !byBgp ? 'error' : 'warning',
      data: { object, vips, nodes: nodes.length, quiet, byBgp },
      evidence: [
        objectEvidence(object, path, 'mode ipvs, strictARP not true'),
        ...values.map(({ host, effective }) => sysctlEvidence(host, effective)),
      ],
    }
  },
  message: ({ object, vips, nodes, quiet, byBgp }: LooseArp) =>
    `kube-proxy runs in IPVS mode without strictARP (${object}): ${quiet ? 'only arp_ignore, set by other means, keeps the nodes from answering' : `each of ${nodes} nodes answers`} for ${vips.length > 0 ? listed(vips) : 'any VIP to come'}${byBgp ? ', announced by BGP only: it matters only where somebody asks for it by ARP' : ''}`,
  fixes: ({ object, vips }) => [
    objectName(object).kind === 'ConfigMap' ? strictArp(verification(vips), object) : byArguments(object, vips),
  ],
})

/** Whether BGP alone announces every VIP: no announcer counts it its own at layer 2, and an object says so. */
function allByBgp(
  services: readonly Service[],
  cluster: ClusterSnapshot,
  announcers: readonly AnnouncerView[],
): boolean {
  const atLayer2 = new Set(announcers.flatMap(({ answers }) => answers.map(({ ip }) => ip)))
  const find = bgpOf(cluster)
  return services.every((service) => vipsOf(service).every((ip) => !atLayer2.has(ip) && find(service, ip) !== null))
}

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

function verification([vip]: readonly string[]): string {
  return vip ? sh`l2doctor scan --vip ${vip}` : 'sysctl net.ipv4.conf.all.arp_ignore on a node shows 1'
}

function byArguments(object: string, vips: readonly string[]): Fix {
  return {
    summary: 'Start kube-proxy with --ipvs-strict-arp',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text:
          objectName(object).kind === 'Node'
            ? 'k3s and RKE2: add `kube-proxy-arg: ["ipvs-strict-arp=true"]` to config.yaml on every node beside proxy-mode, and restart the service'
            : `Add the argument to ${object}`,
      },
    ],
    sideEffects: STRICT_ARP_EFFECTS,
    verify: verification(vips),
    undo: 'Take the argument away and restart.',
  }
}

function weigh(read: number, nodes: number): Confidence {
  if (read === 0) return likely('the configuration was read, but arp_ignore of no host was')
  return read < nodes
    ? likely(`arp_ignore was read on ${read} of ${nodes} nodes`)
    : certain('the configuration and arp_ignore of every node were read')
}
