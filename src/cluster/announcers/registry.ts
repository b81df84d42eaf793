import type { Announcer } from './announcer.js'
import { cilium } from './cilium.js'
import { k3sServiceLb } from './k3s-servicelb.js'
import { kubeVip } from './kube-vip.js'
import { metallb } from './metallb.js'
import { openElb } from './openelb.js'
import { pureLb } from './purelb.js'

/** Every announcer that l2doctor knows. */
export const announcers: readonly Announcer[] = [metallb, kubeVip, cilium, openElb, pureLb, k3sServiceLb]
