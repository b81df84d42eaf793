import type { Reads } from '../../reads.js'

/** What is read of a cluster for the sake of k3s servicelb. */
export const K3S_SERVICELB_READS = {
  images: ['klipper-lb'],
  pods: true,
  // its pods carry the Service that they stand for
  labels: { 'svccontroller.k3s.cattle.io/svcname': [] },
  words: 'k3s servicelb klipper klipper-lb cattle svc svclb svcs svccontroller svcname svcnamespace',
  derives: ['svclb-'],
} as const satisfies Reads
