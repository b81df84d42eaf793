import { agentVersion } from '../../cluster/announcers/cilium/config.js'
import { CILIUM } from '../../cluster/announcers/cilium/versions.js'
import { holdsFor, spanOf } from '../../cluster/announcers/version.js'
import { formatIp } from '../../wire/ip.js'
import { likely, possible } from '../certainty.js'
import { answersOf, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface Early {
  readonly ip: string
  readonly service: string | null
  readonly version: string
  /** `announcements`: those after a failover change no neighbour entry, and no group is joined; `group`: the latter alone. */
  readonly fault: 'announcements' | 'group'
}

export const ciliumIpv6Announcements = defineClusterRule({
  id: 'cilium/ipv6-announcements',
  title: 'This version of Cilium announces IPv6 addresses in a way that some machines miss',
  severity: 'warning',
  kinds: ['services', 'workloads'],
  needs: ['announcers', 'cluster'],
  optional: ['question'],
  explains: ['wire/moved-without-override', 'wire/no-answer', 'wire/broadcast-not-answered'],
  docs: {
    what: 'Cilium announces an IPv6 address at layer 2, in a version before 1.19.6. Before 1.19.5 its unsolicited neighbour advertisements lack the override flag and name the MAC in the wrong option. Before 1.19.6 the agent joins no solicited-node group for the address: it only sets the filter of the network card, and sends no MLD report.',
    why: 'After a failover the clients keep the MAC of the old node until they check it. A switch or bridge that snoops MLD does not forward multicast solicitations to the node, so that new clients find nobody.',
    confirm:
      '`kubectl -n kube-system exec ds/cilium -- cilium-dbg version`. On the node: `ip -6 maddr show dev IFACE` lacks the solicited-node group of the address. On a Linux bridge: `bridge -d mdb show`.',
    falseAlarms:
      'Where nothing on the way snoops MLD, or no querier is heard, solicitations arrive all the same; a version from 1.19.5 on is therefore only information.',
    references: [
      CILIUM.announcesWithoutOverride.source,
      CILIUM.joinsNoGroup.source,
      'cilium/cilium#46274',
      'https://docs.cilium.io/en/stable/network/l2-announcements/',
    ],
  },
  *checkCluster(_, { announcers, cluster, question }) {
    const version = agentVersion(cluster)
    if (version === null) return
    const isQuiet = holdsFor(spanOf(version), CILIUM.announcesWithoutOverride) === true
    if (!isQuiet && holdsFor(spanOf(version), CILIUM.joinsNoGroup) !== true) return
    const asked = question?.vips.map(formatIp) ?? []
    const isMeant = ({ ip }: { readonly ip: string }) => ip.includes(':') && (asked.length === 0 || asked.includes(ip))
    for (const { ip, service } of answersOf(announcers, 'cilium').filter(isMeant)) {
      yield {
        subject: ipSubject(ip),
        ...(isQuiet
          ? likely('the version is that of the image; no failover was seen')
          : possible('whether a switch on the way snoops MLD was not seen')),
        severity: isQuiet ? 'warning' : 'info',
        data: { ip, service, version, fault: isQuiet ? 'announcements' : 'group' },
        evidence: [
          objectEvidence('DaemonSet cilium', '.spec.template.spec.containers[name=cilium-agent].image', version),
        ],
      }
    }
  },
  message: ({ ip, version, fault }: Early) =>
    fault === 'announcements'
      ? `Cilium ${version} announces ${ip} after a failover in a way that clients ignore, and joins no multicast group for it`
      : `Cilium ${version} joins no multicast group for ${ip}: a switch that snoops MLD forwards no solicitation to its node`,
  fixes: ({ ip, version }: Early) => [
    {
      summary: `Upgrade Cilium from ${version} to 1.19.6 or later`,
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'The version that runs, and the Helm release that sets it',
          run: sh`kubectl -n kube-system exec ds/cilium -- cilium-dbg version; helm list -n kube-system`,
        },
        {
          kind: 'persistent',
          text: 'Upgrade the release to 1.19.6 or later, as the upgrade notes of that version say (docs.cilium.io, Upgrade Guide)',
        },
      ],
      sideEffects: ['The agents restart; addresses may move once.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Install the version of before with the same values.',
    },
  ],
})
