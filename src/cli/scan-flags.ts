import * as Flags from '@oclif/core/flags'
import { attributionFlags, clusterFlags } from './cluster-flags.js'
import { secondsFlag } from './durations.js'
import { nodeFlags } from './node-flags.js'

const repeatable = { multiple: true, multipleNonGreedy: true } as const
/** These make sense on the wire only. */
const live = { helpGroup: 'LIVE', exclusive: ['read'] }
const probing = { helpGroup: 'LIVE', exclusive: ['read', 'passive'] }

const { user, port, identity, become, 'ssh-option': sshOption, 'connect-timeout': connectTimeout } = nodeFlags
const reach = { user, port, identity, 'ssh-option': sshOption, 'connect-timeout': connectTimeout }

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
  vip: Flags.string({ ...repeatable, description: 'address to check: IP, a,b, a-b or CIDR; repeatable' }),
  read: Flags.string({ helpValue: 'FILE|-', description: 'judge a capture instead of the wire; needs no privileges' }),
  write: Flags.string({ helpValue: 'FILE', description: 'keep what was captured as pcap; --read judges it again' }),
  'all-addresses': Flags.boolean({
    default: false,
    description: 'list every address seen, not only VIPs and contested ones',
  }),
  neighbours: Flags.string({
    ...repeatable,
    helpValue: '[NAME=]FILE',
    description: "a router's or switch's table as it prints it, to compare: ip neigh, show ip arp …; repeatable",
  }),
  'expect-mac': Flags.string({ ...repeatable, description: 'MAC that should answer; repeatable' }),
  interface: Flags.string({
    ...live,
    char: 'i',
    description: 'default: the one whose subnet holds the VIP, else the one with the default route',
  }),
  at: Flags.string({
    ...repeatable,
    helpGroup: 'LIVE',
    exclusive: ['read'],
    helpValue: 'PLACE',
    description:
      'look from there: ssh:HOST or ssh:HOST/INTERFACE (nothing is installed), pod:NODE (a short-lived pod), file:NAME=FILE (recorded there), local; repeatable',
  }),
  'vantage-image': Flags.string({
    helpGroup: 'LIVE',
    helpValue: 'IMAGE',
    description: 'what the pods of --at pod:NODE run: built from the Dockerfile of l2doctor; there is no default',
  }),
  rounds: Flags.integer({ ...probing, min: 1, description: 'requests to all machines for each address (default 4)' }),
  interval: Flags.string({ ...probing, helpValue: '200ms', description: 'between two such requests for one address' }),
  rate: Flags.integer({
    ...probing,
    min: 1,
    max: 10_000,
    description: 'maximum frames per second, over all addresses (default 10: switches may shut a port above 15)',
  }),
  passive: Flags.boolean({
    ...live,
    description: 'only listen; a switch passes what goes to all, and silence proves nothing',
  }),
  duration: Flags.string({
    ...live,
    helpValue: '10s',
    description: 'how long to listen; default: as long as the rounds take',
  }),
  engine: Flags.option({
    options: ['auto', 'cap', 'tcpdump', 'socket'] as const,
    default: 'auto',
    helpGroup: 'LIVE',
    description: 'cap sets promiscuous mode; auto takes tcpdump on bridges and cluster nodes',
  })(),
  ...reach,
  timeout: secondsFlag({
    default: 60,
    helpGroup: 'HOSTS',
    description: 'longest time until a host of --at has answered, connecting included',
  }),
  become: { ...become, description: 'use sudo -n on a host of --at for raw sockets' },
}
