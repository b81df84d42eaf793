import { answersOf, clusterFix, inNamespace, ipSubject, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'

export const ciliumEtpLocal = defineClusterRule({
  id: 'cilium/etp-local',
  title: 'Cilium announces a Service of externalTrafficPolicy Local',
  severity: 'error',
  kinds: ['services'],
  needs: ['announcers'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'A Service that a CiliumL2AnnouncementPolicy selects has externalTrafficPolicy Local. Cilium chooses the announcing node without looking where the endpoints are.',
    why: 'The address may be answered by a node without an endpoint, which then drops the traffic: ARP works and connections hang.',
    confirm: 'Compare the holder of the lease cilium-l2announce-NAMESPACE-NAME with the nodes of the endpoints.',
    falseAlarms: 'With an endpoint on every node that may announce it works.',
    references: ['https://docs.cilium.io/en/stable/network/l2-announcements/#limitations', 'cilium/cilium#27521'],
  },
  *checkCluster({ services }, { announcers }) {
    const local = new Set(services.flatMap((one) => (one.externalTrafficPolicy === 'Local' ? [one.key] : [])))
    for (const { ip, service, expected } of answersOf(announcers, 'cilium')) {
      if (!service || !local.has(service)) continue
      yield {
        subject: ipSubject(ip),
        data: { ip, service, node: expected[0]?.node ?? null },
        evidence: [
          objectEvidence(`Service/${service}`, '.spec.externalTrafficPolicy', 'Local'),
          ...expected.map(({ detail, node }) => objectEvidence(detail, '.spec.holderIdentity', node)),
        ],
      }
    }
  },
  message: ({ ip, service, node }) =>
    `Cilium announces ${ip} of ${service}${node ? ` from ${node}` : ''} whether it has an endpoint there or not, but the Service has externalTrafficPolicy Local`,
  fixes: ({ ip, service }) => [
    clusterFix({
      summary: 'Use externalTrafficPolicy Cluster',
      risk: 'none',
      text: 'The announcing node then forwards to any endpoint',
      run: sh`kubectl patch service ${inNamespace(service)} -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
      sideEffects: ['The pods no longer see the client address (unless Cilium runs in DSR mode).'],
      verify: sh`l2doctor scan --vip ${ip}; then connect to a port of the Service`,
      undo: sh`kubectl patch service ${inNamespace(service)} -p '{"spec":{"externalTrafficPolicy":"Local"}}'`,
    }),
  ],
})
