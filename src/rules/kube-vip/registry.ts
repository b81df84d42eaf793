import type { Rule } from '../define.js'
import { adoptsNodeIps } from './adopts-node-ips.js'
import { kubeVipEtpLocal } from './etp-local.js'
import { leaderElectionDisabled } from './leader-election-disabled.js'
import { leaseFlapping } from './lease-flapping.js'
import { staleVip } from './stale-vip.js'
import { twoInstances } from './two-instances.js'
import { twoLeasesOneIp } from './two-leases-one-ip.js'

export const kubeVipRules: readonly Rule[] = [
  adoptsNodeIps,
  leaderElectionDisabled,
  staleVip,
  twoLeasesOneIp,
  twoInstances,
  leaseFlapping,
  kubeVipEtpLocal,
]
