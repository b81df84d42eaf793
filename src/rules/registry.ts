import { announcerRules } from './announcer/registry.js'
import { checkRules } from './check/registry.js'
import { ciliumRules } from './cilium/registry.js'
import { cniRules } from './cni/registry.js'
import type { Rule } from './define.js'
import { hostRules } from './host-rules.js'
import { kubeProxyRules } from './kube-proxy/registry.js'
import { kubeVipRules } from './kube-vip/registry.js'
import { metallbRules } from './metallb/registry.js'
import { upstreamRules } from './neighbour/upstream-registry.js'
import { nodeRules } from './node/registry.js'
import { serviceRules } from './service/registry.js'
import { stormRules } from './storm/registry.js'
import { vantageRules } from './vantage/registry.js'
import { vrrpRules } from './vrrp/registry.js'
import { wireClusterRules } from './wire/cluster-registry.js'
import { wireRules } from './wire/registry.js'

/** Every rule, by area. */
export const allRules: readonly Rule[] = [
  ...wireRules,
  ...wireClusterRules,
  ...vantageRules,
  ...vrrpRules,
  ...stormRules,
  ...hostRules,
  ...upstreamRules,
  ...checkRules,
  ...metallbRules,
  ...kubeVipRules,
  ...ciliumRules,
  ...announcerRules,
  ...kubeProxyRules,
  ...nodeRules,
  ...cniRules,
  ...serviceRules,
]
