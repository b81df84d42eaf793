import type { Announcer } from './announcer.js'
import { calico } from './calico/announcer.js'
import { cilium } from './cilium/announcer.js'
import { k3sServiceLb } from './k3s-servicelb/announcer.js'
import { keepalived } from './keepalived/announcer.js'
import { kubeRouter } from './kube-router/announcer.js'
import { kubeVip } from './kube-vip/announcer.js'
import { metallb } from './metallb/announcer.js'
import { openElb } from './openelb/announcer.js'
import { ovnKubernetes } from './ovn-kubernetes/announcer.js'
import { pureLb } from './purelb/announcer.js'

/** Every announcer that l2doctor knows. */
export const announcers = [
  metallb,
  kubeVip,
  cilium,
  openElb,
  pureLb,
  k3sServiceLb,
  keepalived,
  calico,
  kubeRouter,
  ovnKubernetes,
] as const satisfies readonly Announcer[]
