import { confKey, effective } from '../../node/effective.js'
import { defineHostRule } from '../define-host-rule.js'
import { interfaceSubject, looksLikeClusterNode, segmentInterfaces, sysctlEvidence } from '../host-parts.js'
import { sh } from '../shell.js'

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
  *checkHost({ sysctls, links, addresses }, host) {
    for (const { name } of segmentInterfaces(links)) {
      const forwarding = effective(sysctls, 'forwarding', name)
      if (forwarding?.value !== 0 || !addresses.some((held) => held.interface === name && held.family === 4)) continue
      yield {
        subject: interfaceSubject(host, name),
        severity: looksLikeClusterNode(links) ? 'error' : 'info',
        data: { node: host.name, interface: name },
        evidence: [sysctlEvidence(host, forwarding)],
      }
    }
  },
  message: ({ node, interface: name }) => `${node} does not forward IPv4 on ${name}`,
  fixes: ({ node, interface: name }) => [
    {
      summary: `Turn forwarding on for ${node}`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        { kind: 'runtime', text: 'Writing ip_forward sets every interface', run: sh`sysctl -w net.ipv4.ip_forward=1` },
        {
          kind: 'persistent',
          text: 'Keep it over a reboot',
          run: sh`echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/90-ip-forward.conf`,
        },
        {
          kind: 'persistent',
          text: 'With systemd-networkd also IPv4Forwarding=yes in the .network file: it writes the value per interface',
        },
      ],
      sideEffects: ['The machine routes between its networks; its firewall should be ready for that.'],
      verify: sh`sysctl ${confKey(name, 'forwarding')}`,
      undo: 'sysctl -w net.ipv4.ip_forward=0; rm /etc/sysctl.d/90-ip-forward.conf',
    },
  ],
})
