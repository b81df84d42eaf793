import type { Rule } from '../define.js'
import { clientThrottling } from './client-throttling.js'
import { ciliumEtpLocal } from './etp-local.js'
import { ciliumIpv6Announcements } from './ipv6-announcements.js'
import { noKubeProxyReplacement } from './no-kube-proxy-replacement.js'
import { policyAnnouncesNothing } from './policy-announces-nothing.js'
import { twoLeasesOneIp } from './two-leases-one-ip.js'

export const ciliumRules: readonly Rule[] = [
  policyAnnouncesNothing,
  ciliumEtpLocal,
  ciliumIpv6Announcements,
  clientThrottling,
  noKubeProxyReplacement,
  twoLeasesOneIp,
]
