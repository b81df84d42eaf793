import { confKey, effective } from '../../node/effective.js'
import { addressesByInterface } from '../../node/lookups.js'
import type { InterfaceAddress, Link } from '../../node/model.js'
import { contains } from '../../node/routing.js'
import { type Confidence, certain, possible } from '../certainty.js'
import type { Severity } from '../define.js'
import { defineHostRule } from '../define-host-rule.js'
import { looksLikeClusterNode, segmentInterfaces, sysctlEvidence, vipTexts } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const ipForwardOff = defineHostRule({
  id: 'sysctl/ip-forward-off',
  title: 'A node does not forward: VIP traffic to pods on other nodes is dropped',
  severity: 'error',
  sections: ['sysctls', 'links', 'addresses'],
  docs: {
    what: 'net.ipv4.conf.IFACE.forwarding is 0 on an interface that faces the segment.',
    why: 'The node answers ARP for the VIP, but what kube-proxy or the CNI sends on to a pod is dropped: connections hang although layer 2 is healthy.',
    confirm: '`sysctl net.ipv4.ip_forward net.ipv4.conf.IFACE.forwarding`; a Kubernetes node needs 1 in both.',
    falseAlarms:
      'A machine that only holds a VIP for its own services (plain keepalived) need not forward; without pods or kube-ipvs0 on it this is information only.',
    references: [
      'Documentation/networking/ip-sysctl.rst ip_forward',
      'https://kubernetes.io/docs/setup/production-environment/container-runtimes/',
    ],
  },
  *checkHost({ sysctls, links, addresses }, host, { vips }) {
    const facing = segmentInterfaces(links).filter(({ name }) => ipv4Of(addresses, name).length > 0)
    const ways = waysIn(facing, addresses, vipTexts(vips))
    const isNode = looksLikeClusterNode(links)
    for (const { name } of facing) {
      const forwarding = effective(sysctls, 'forwarding', name)
      if (forwarding?.value !== 0) continue
      yield {
        subject: interfaceSubject(host, name),
        ...weigh(isNode, ways === null ? null : ways.has(name)),
        data: { node: host.name, interface: name },
        evidence: [sysctlEvidence(host, forwarding)],
      }
    }
  },
  message: ({ node, interface: name }) => `${node} does not forward IPv4 on ${name}`,
  fixes: ({ node, interface: name }) => [
    {
      summary: `Turn forwarding on for ${node}`,
      node,
      changes: [{ kind: 'sysctl', key: 'net.ipv4.ip_forward', value: 1 }],
      after: [
        {
          kind: 'persistent',
          text: 'With systemd-networkd also IPv4Forwarding=yes in the .network file: it writes the value per interface',
        },
      ],
      verify: sh`sysctl ${confKey(name, 'forwarding')}`,
    },
  ],
})

function ipv4Of(addresses: readonly InterfaceAddress[], name: string): readonly InterfaceAddress[] {
  return addressesByInterface(addresses, name).filter(({ family }) => family === 4)
}

/** The interfaces that VIP traffic comes in by: the subnet of a VIP is theirs, or there is no other. Null: cannot tell. */
function waysIn(
  facing: readonly Link[],
  addresses: readonly InterfaceAddress[],
  vips: readonly string[],
): ReadonlySet<string> | null {
  if (facing.length === 1) return new Set(facing.map(({ name }) => name))
  const holding = facing.filter(({ name }) =>
    ipv4Of(addresses, name).some(({ ip, prefix }) => vips.some((vip) => contains({ ip, length: prefix }, vip))),
  )
  return holding.length > 0 ? new Set(holding.map(({ name }) => name)) : null
}

/** Forwarding counts where packets come in; elsewhere it is a choice, and off by default on OpenShift since 4.14. */
function weigh(isNode: boolean, carries: boolean | null): Confidence & { readonly severity: Severity } {
  if (!isNode)
    return { severity: 'info', ...certain('the setting was read on the host, which shows no trace of a cluster') }
  if (carries === true) return { severity: 'error', ...certain('the setting was read on the host') }
  return carries === null
    ? { severity: 'warning', ...possible('whether traffic for a VIP comes in here is unknown') }
    : { severity: 'info', ...certain('the VIPs are in the subnet of another interface') }
}
