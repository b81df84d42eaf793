import * as Flags from '@oclif/core/flags'
import { attributionFlags, clusterFlags } from './cluster-flags.js'

const repeatable = { multiple: true, multipleNonGreedy: true } as const
/** These make sense on the wire only. */
const live = { helpGroup: 'LIVE', exclusive: ['read'] }
const probing = { helpGroup: 'LIVE', exclusive: ['read', 'passive'] }

/** Flags of `scan` besides those of every report. */
export const scanFlags = {
  ...clusterFlags,
  ...attributionFlags,
  kube: Flags.boolean({
    allowNo: true,
    helpGroup: 'CLUSTER',
    description:
      'ask the cluster who should answer; default: when there is a kubeconfig and the VIP is a Service of it',
  }),
  all: Flags.boolean({ exclusive: ['vip'], helpGroup: 'CLUSTER', description: 'every VIP of the cluster' }),
  vip: Flags.string({ ...repeatable, description: 'address in doubt: IP, a,b, a-b or CIDR; repeatable' }),
  read: Flags.string({ helpValue: 'FILE|-', description: 'judge a capture instead of the wire; needs no privileges' }),
  write: Flags.string({ helpValue: 'FILE', description: 'keep what was captured as pcap; --read judges it again' }),
  'all-addresses': Flags.boolean({
    default: false,
    description: 'list every address seen, not only VIPs and contested ones',
  }),
  'expect-mac': Flags.string({ ...repeatable, description: 'MAC that should answer; repeatable' }),
  interface: Flags.string({
    ...live,
    char: 'i',
    description: 'default: the one whose subnet holds the VIP, else the one with the default route',
  }),
  rounds: Flags.integer({ ...probing, min: 1, description: 'broadcasts for each address (default 4)' }),
  interval: Flags.string({ ...probing, helpValue: '200ms', description: 'between two broadcasts for one address' }),
  rate: Flags.integer({
    ...probing,
    min: 1,
    max: 10_000,
    description: 'most frames a second, over all addresses (default 10: switches may shut a port above 15)',
  }),
  passive: Flags.boolean({ ...live, description: 'only listen; shows broadcasts, and silence proves nothing' }),
  duration: Flags.string({ ...live, helpValue: '10s', description: 'how long to look; default: as the rounds need' }),
  engine: Flags.option({
    options: ['auto', 'cap', 'tcpdump'] as const,
    default: 'auto',
    helpGroup: 'LIVE',
    description: 'cap sets promiscuous mode; auto takes tcpdump on bridges and cluster nodes',
  })(),
}
