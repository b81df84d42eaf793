import { ciliumTakeover } from './cilium/takeover.js'
import { keepalivedTakeover } from './keepalived/takeover.js'
import { kubeVipTakeover } from './kube-vip/takeover.js'
import { metallbTakeover } from './metallb/takeover.js'

import type { Takeover } from './takeover.js'

/** `leaseSeconds`: as long as its lease lasts, where it has one and that is known. */
type TakeoverOf = (leaseSeconds: number | null) => Takeover

/** Announcers that have told how fast they are; not loaded with the cluster. */
const TAKEOVERS: Readonly<Record<string, TakeoverOf>> = {
  metallb: metallbTakeover,
  'kube-vip': kubeVipTakeover,
  cilium: ciliumTakeover,
  keepalived: keepalivedTakeover,
}

export const TAKEOVER_NAMES: readonly string[] = Object.keys(TAKEOVERS)

/** Null where nobody has written how fast it is. */
export function takeoverOf(announcer: string, leaseSeconds: number | null): Takeover | null {
  return Object.hasOwn(TAKEOVERS, announcer) ? TAKEOVERS[announcer]!(leaseSeconds) : null
}
