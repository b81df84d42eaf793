import { describeVersion } from '../../cluster/announcers/version.js'
import { certain } from '../certainty.js'
import { objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { objectSubject } from '../subject.js'
import { arpInstances } from './instances.js'

export const leaderElectionDisabled = defineClusterRule({
  id: 'kube-vip/leader-election-disabled',
  title: 'kube-vip has vip_leaderelection=false, which ARP mode does not read',
  severity: 'info',
  kinds: ['workloads'],
  needs: ['cluster'],
  docs: {
    what: 'kube-vip runs in ARP mode with vip_leaderelection set to false. In its `manager` command, which every current deployment runs, ARP mode always elects a leader and does not read the setting.',
    why: 'It does nothing here. The setting matters in BGP and routing-table mode, where every node may carry the address by design.',
    confirm:
      'A lease plndr-cp-lock, plndr-svcs-lock or kubevip-… with a holder and a recent renewTime shows that it elects.',
    falseAlarms:
      'It is often blamed when several nodes answer. Look for the reason elsewhere: a VIP left behind on an old leader, two leases for one address, a second announcer.',
    references: [
      'kube-vip/kube-vip pkg/manager/manager_arp.go at v0.7.0',
      'kube-vip/kube-vip pkg/manager/worker/arp.go',
      'kube-vip/kube-vip#752',
    ],
  },
  *checkCluster(_, { cluster }) {
    for (const { object, version, settings } of arpInstances(cluster)) {
      if (settings.leaderElection !== 'false') continue
      yield {
        subject: objectSubject(object),
        ...certain('the environment of the workload says it'),
        data: { object, version: describeVersion(version) },
        evidence: [objectEvidence(object, 'env vip_leaderelection', 'false')],
      }
    }
  },
  message: ({ object, version }) =>
    `${object} (kube-vip ${version}) has vip_leaderelection=false; in ARP mode it elects a leader all the same`,
  fixes: () => [],
})
