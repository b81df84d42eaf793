import { announcerRules } from './announcer/registry.js'
import { bondRules } from './bond/registry.js'
import { bridgeRules } from './bridge/registry.js'
import { checkRules } from './check/registry.js'
import { ciliumRules } from './cilium/registry.js'
import { cniRules } from './cni/registry.js'
import type { Rule } from './define.js'
import { firewallRules } from './firewall/registry.js'
import { kernelRules } from './kernel/registry.js'
import { kubeProxyRules } from './kube-proxy/registry.js'
import { kubeVipRules } from './kube-vip/registry.js'
import { linkRules } from './link/registry.js'
import { memberlistRules } from './memberlist/registry.js'
import { metallbRules } from './metallb/registry.js'
import { neighbourRules } from './neighbour/registry.js'
import { nodeRules } from './node/registry.js'
import { serviceRules } from './service/registry.js'
import { stormRules } from './storm/registry.js'
import { sysctlRules } from './sysctl/registry.js'
import { vipRules } from './vip/registry.js'
import { wireRules } from './wire/registry.js'

/** Every rule, by area. */
export const allRules: readonly Rule[] = [
  ...wireRules,
  ...stormRules,
  ...sysctlRules,
  ...neighbourRules,
  ...kernelRules,
  ...bridgeRules,
  ...linkRules,
  ...bondRules,
  ...vipRules,
  ...firewallRules,
  ...memberlistRules,
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
